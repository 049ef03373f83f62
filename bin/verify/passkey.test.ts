import { describe, expect, it } from "vitest";
import { passkeyAnswer, type PasskeyAlgorithm } from "#tests/evidence/passkey.ts";
import { fromBase64url } from "./bytes.ts";
import { verifyRs256 } from "./crypto.ts";
import { faultOfAssertion, readCoseKey, verifyCose } from "./passkey.ts";

const digest = "5a".repeat(32);
const origin = "http://localhost:3000";
const fault = (assertion: ReturnType<typeof passkeyAnswer>) => faultOfAssertion(assertion, Uint8Array.from(Buffer.from(digest, "hex")), origin);
const bytesOf = (text: string): Uint8Array => fromBase64url(text) ?? new Uint8Array();
const algorithms = ["ES256", "EdDSA", "RS256"] as const satisfies readonly PasskeyAlgorithm[];

describe.each(algorithms)("a passkey's answer with %s", (algorithm) => {
  it("REQ-28 (21 CFR 11.70) holds as it was given, and with no byte of data, key or signature changed", () => {
    const given = passkeyAnswer(algorithm, digest);
    expect(fault(given)).toBeUndefined();
    for (const part of ["authenticatorData", "signature", "publicKey", "clientDataJson"] as const) {
      const bytes = bytesOf(given[part]);
      for (const at of [0, bytes.length >> 1, bytes.length - 1]) {
        const changed = Uint8Array.from(bytes);
        changed[at] = (changed[at] ?? 0) ^ 0x02;
        expect(fault({ ...given, [part]: Buffer.from(changed).toString("base64url") }), `${part} at ${at}`).toBeDefined();
      }
    }
  });
});

describe("a COSE key", () => {
  const es256 = bytesOf(passkeyAnswer("ES256", digest).publicKey);
  const withByte = (at: number, byte: number): Uint8Array => { const changed = Uint8Array.from(es256); changed[at] = byte; return changed; };
  it("is one flat map to its very end", () => {
    expect(readCoseKey(es256)?.get(3)).toBe(-7);
    expect(readCoseKey(Uint8Array.from([...es256, 0]))).toBeUndefined();
    expect(readCoseKey(es256.slice(0, -1))).toBeUndefined();
    expect(readCoseKey(Uint8Array.from([0x80]))).toBeUndefined();
    expect(readCoseKey(new Uint8Array())).toBeUndefined();
  });
  it("is written in its shortest form and names nothing twice", () => {
    expect(readCoseKey(Uint8Array.from([0xa1, 0x18, 0x01, 0x02]))).toBeUndefined();
    expect(readCoseKey(Uint8Array.from([0xa1, 0x01, 0x19, 0x00, 0x20]))).toBeUndefined();
    expect(readCoseKey(Uint8Array.from([0xa2, 0x01, 0x02, 0x01, 0x02]))).toBeUndefined();
    expect(readCoseKey(Uint8Array.from([0xa1, 0x01, 0x5f]))).toBeUndefined();
  });
  it("of another algorithm or curve verifies nothing", () => {
    const message = Uint8Array.from([1, 2, 3]);
    for (const [at, byte] of [[2, 0x01], [4, 0x22], [6, 0x02]] as const) {
      const key = readCoseKey(withByte(at, byte));
      expect(key && verifyCose(key, message, new Uint8Array(64))).toBe(false);
    }
  });
});

describe("an RSA signature", () => {
  it("is refused under a key that is too short, too long or has a careless exponent, before anything is computed", () => {
    const verify = (length: number, exponent: readonly number[]) => verifyRs256({ modulus: new Uint8Array(length).fill(0xff), exponent: Uint8Array.from(exponent) }, new Uint8Array(1), new Uint8Array(length));
    expect([verify(128, [1, 0, 1]), verify(2048, [1, 0, 1]), verify(256, [1]), verify(256, [1, 0, 0, 0, 1])]).toEqual([false, false, false, false]);
  });
});
