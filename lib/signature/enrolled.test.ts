import { describe, expect, it } from "vitest";
import { ownKeyThen, withOwnKey, type EnrolledPasskey } from "./enrolled.ts";
import type { SignatureRow } from "./attestation.ts";

const at = (hour: number) => new Date(Date.UTC(2026, 2, 1, hour));
const key: EnrolledPasskey = { credentialId: "c", publicKey: "k", personId: "p", usableFrom: at(1), revokedAt: null };
const row = { assertion: { credentialId: "c", publicKey: "k", authenticatorData: "", clientDataJson: "", signature: "" }, signerId: "p", signedAt: at(5), method: "passkey" } as SignatureRow;

describe("the key behind a passkey's signature", () => {
  it("REQ-32 (21 CFR 11.300(a)) counts while it is its signer's; a revocation later takes nothing from what it signed before", () => {
    expect(ownKeyThen(row, [key])).toBe(true);
    expect(ownKeyThen(row, [{ ...key, revokedAt: at(6) }])).toBe(true);
  });
  it.each<[string, readonly EnrolledPasskey[]]>([
    ["nobody enrolled", []], ["somebody else enrolled", [{ ...key, personId: "q" }]], ["was revoked before", [{ ...key, revokedAt: at(4) }]], ["could not be used yet", [{ ...key, usableFrom: at(6) }]], ["is another one", [{ ...key, credentialId: "d" }]], ["was enrolled with other bytes", [{ ...key, publicKey: "x" }]],
  ])("REQ-31 does not count when it %s", (_, enrolled) => expect(ownKeyThen(row, enrolled)).toBe(false));
  it("is said beside the verification, and not of a signature without one", () => {
    const verification = { holds: true, checked: [] };
    expect(withOwnKey(row, verification, [])).toMatchObject({ holds: false, checked: [{ holds: false }] });
    expect(withOwnKey({ ...row, method: "identity-provider" }, verification, [])).toBe(verification);
  });
});
