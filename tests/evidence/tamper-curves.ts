import { ed25519 as plainEd25519 } from "@noble/curves/ed25519.js";
import { p256 as plainP256 } from "@noble/curves/nist.js";
import { remembering } from "./tamper-remember.ts";

export const ed25519 = remembering(plainEd25519);
export const p256 = remembering(plainP256);
