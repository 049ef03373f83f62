import type { JWK } from "jose";
import type { KeyStore } from "./ledger/key-store.ts";
import { BrokenPromise } from "./result.ts";

/** What the portal was started with; made by `bin/portal`, read by pages and the front door of the same process. */
export type Installation = {
  /** Where browsers find it, without a trailing slash. */
  readonly publicUrl: string;
  readonly authSecret: string;
  readonly oidc: { readonly issuer: string; readonly clientId: string; readonly clientSecret: string; readonly scope: string; readonly groupsClaim: string; readonly demo: boolean };
  readonly session: { readonly idleMinutes: number; readonly hours: number };
  /** Hours between the enrolment of a passkey and its first signature. */
  readonly coolOffHours: number;
  /** Ed25519 private key that attests signatures and seals exports: the one in force now, also after a rotation. */
  readonly signingKey: JWK;
  readonly keys: KeyStore;
  /** Directory of the ledger's heads outside PostgreSQL. */
  readonly witnessDirectory: string;
  /** The tree that runs: its folder, and its digest when the portal started (lib/compliance/source-tree.ts). */
  readonly version: { readonly root: string; readonly source: string };
};

/** On globalThis: the bundled pages and the front door are two module graphs in one process. */
const shared = globalThis as typeof globalThis & { __veribatchInstallation?: Installation };

export function provideInstallation(made: Installation): void {
  shared.__veribatchInstallation = made;
}

export function installation(): Installation {
  const made = shared.__veribatchInstallation;
  if (!made) throw new BrokenPromise("not-installed", "pages run only inside bin/portal, which provides the installation");
  return made;
}
