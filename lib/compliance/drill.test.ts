import { generateKeyPairSync, sign } from "node:crypto";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { nativeCrypto } from "#lib/ledger/native.ts";
import { drill, powers, unwitnessed, type Power } from "./drill.ts";

const { privateKey } = generateKeyPairSync("ed25519");
const publicKey = new Uint8Array(Buffer.from(privateKey.export({ format: "jwk" }).x ?? "", "base64url"));
const { honest, tampered, inspect } = drill({ crypto: nativeCrypto, key: { name: "sandbox/ledger", publicKey }, sign: (message) => new Uint8Array(sign(null, message, privateKey)) });

const rows = ["a", "b", "c", "d", "e", "f", "g", "h"];
const before = honest(rows);
const found = (changed: readonly string[], power: Power): readonly string[] => inspect(tampered(before, changed, power)).filter((check) => !check.holds).map((check) => check.name);
const rewritten = (at: number, text: string): readonly string[] => rows.map((row, i) => (i === at ? text : row));

describe("the ledger of the sandbox", () => {
  it.each(powers)("raises no alarm where nothing was changed, though somebody held the power over %s", (power) => expect(found(rows, power)).toEqual([]));

  it.each<[Power, readonly string[]]>([["rows", ["rows"]], ["database", ["signature", "witness"]], ["key", ["witness"]], ["witness", []]])(
    "with the power over %s a rewritten row is found by %j", (power, names) => expect(found(rewritten(2, "not c"), power)).toEqual(names),
  );

  it("REQ-01 (21 CFR 11.10(a)) finds whatever was rewritten, taken out, put in or cut off under the witness' head, unless the witness was replaced too", () => {
    const change = fc.tuple(fc.nat(rows.length - unwitnessed - 1), fc.string(), fc.constantFrom("rewrite", "drop", "insert", "cut")).map(([at, text, how]): readonly string[] => {
      switch (how) {
        case "rewrite": return rewritten(at, `${text}!`);
        case "drop": return rows.filter((_, i) => i !== at);
        case "insert": return rows.toSpliced(at, 0, `${text}!`);
        default: return rows.slice(0, at + 1).slice(0, rows.length - unwitnessed - 1);
      }
    });
    fc.assert(fc.property(change, fc.constantFrom<Power>("rows", "database", "key"), (changed, power) => { expect(found(changed, power)).not.toEqual([]); }));
    fc.assert(fc.property(change, (changed) => { expect(found(changed, "witness")).toEqual([]); })); // the honest limit, said where it is read
  });

  it("REQ-17 (Annex 11 7.1) finds a log that was cut off, whoever signed the shorter head", () => {
    expect(inspect(tampered(before, rows.slice(0, 5), "key")).at(-1)).toMatchObject({ holds: false, finding: "The witness knows 6 rows, and the ledger holds 5: the log was shortened." });
  });

  it("cannot find with the stolen key what came after the witness was last told: the next head covers it", () => {
    expect(found(rewritten(7, "not h"), "key")).toEqual([]);
  });
});
