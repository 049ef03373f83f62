import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { sha256 } from "#lib/digest/digest.ts";
import { nonceOf, signatureStatement, statementDigest, statementText, type SignatureStatement } from "./statement.ts";

const statement: SignatureStatement = {
  format: "EBRSIG/1", recordType: "batch", recordId: "B-1", recordDigest: "a".repeat(64), previousDigest: null, meaning: "approved_for_release", sentence: "I approve for release batch B-1.", reason: "All checks complete", comment: "Reviewed.",
  signerId: "1", subject: "s", userName: "u@demo", printedName: "Ü. Name", role: "qa-manager", site: "basel", openedAt: "2026-03-01T10:00:00.000Z", nonce: "n",
};
const names = Object.keys(statement) as readonly (keyof SignatureStatement)[];

describe("a signature's statement", () => {
  it("REQ-28 (21 CFR 11.70) is one text, in whatever order it was put together, and reads back the same", () => {
    fc.assert(fc.property(fc.shuffledSubarray([...names], { minLength: names.length }), (order) => {
      const text = statementText(Object.fromEntries(order.map((name) => [name, statement[name]])) as SignatureStatement);
      expect(text).toBe(statementText(statement));
      expect(signatureStatement.parse(JSON.parse(text))).toEqual(statement);
    }));
  });
  it("REQ-28 (21 CFR 11.70) has another digest when any of its members is another or missing", () => {
    const changed = names.flatMap((name) => [{ ...statement, [name]: `${statement[name] ?? ""}x` }, Object.fromEntries(names.filter((n) => n !== name).map((n) => [n, statement[n]]))]) as unknown as readonly SignatureStatement[];
    const digests = changed.map((s) => statementDigest(statementText(s)));
    expect(new Set([...digests, statementDigest(statementText(statement))]).size).toBe(digests.length + 1);
  });
  it("REQ-28 (21 CFR 11.70) is digested under its own tag, and the digest is the challenge of the re-authentication", () => {
    const text = statementText(statement);
    expect(statementDigest(text)).toBe(sha256(`EBRSIG/1\n${text}`));
    expect(nonceOf(statementDigest(text))).toBe(statementDigest(text));
  });
  it.each<[string, object]>([
    ["another format", { format: "EBRSIG/2" }], ["a meaning off the closed list", { meaning: "seen" }], ["an unknown role", { role: "owner" }], ["a digest in capitals", { recordDigest: "A".repeat(64) }], ["a short digest", { recordDigest: "ab" }],
    ["a local time", { openedAt: "2026-03-01T10:00:00" }], ["no signature before it said", { previousDigest: undefined }], ["no signer", { signerId: undefined }],
  ])("REQ-27, REQ-34 (21 CFR 11.50, Annex 11 14) is none with %s", (_, change) => {
    expect(signatureStatement.safeParse({ ...statement, ...change }).success).toBe(false);
  });
});
