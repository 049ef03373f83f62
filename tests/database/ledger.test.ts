import { randomUUID } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { asc, eq, sql } from "drizzle-orm";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Sequencer } from "#bin/ledger/sequencer.ts";
import { settleKeys, openKeys } from "#bin/portal/keys.ts";
import { openDatabase, type Database } from "#db/client.ts";
import { auditEntries } from "#db/schema/audit.ts";
import { checkpoints, ledgerLeaves, registerKeys } from "#db/schema/ledger.ts";
import { withProgramme, withSites, type SiteTx } from "#db/scope.ts";
import { requirePermission } from "#lib/access/actor.ts";
import { writeAudit } from "#lib/audit/commands.ts";
import { makeSealKey } from "#lib/document/seal-key.ts";
import { providePortalDatabase } from "#db/client.ts";
import { rotateKey } from "#lib/ledger/key-commands.ts";
import type { KeyStore } from "#lib/ledger/key-store.ts";
import { leafBytes, nativeCrypto, tree } from "#lib/ledger/native.ts";
import { readCheckpoint, readNote, verifyCosignature, verifyNoteSignature } from "#lib/ledger/note.ts";
import { consistencyPath, entryProof, headOf, keyRegister } from "#lib/ledger/queries.ts";
import { alteredHeads, readWitness, witnessPath } from "#lib/ledger/witness-file.ts";
import { inject } from "vitest";
import { storyActor } from "#tests/actors.ts";
import { freshDatabase, type TestDatabase } from "#tests/database.ts";

const owners = ["basel", "enterprise", "raleigh", "singapore"];
let db: TestDatabase;
let sequencerPool: Database;
let directory: string;
let keys: KeyStore;
const said: string[] = [];
const stamp = () => ({ now: new Date(), newId: randomUUID });
const asOwner = <T>(work: (tx: SiteTx) => Promise<T>, change?: { reason: string }) => withProgramme(db.owner, "installation", owners, work, change);
const write = (siteId: string, unitId: string, tx?: SiteTx) => {
  const act = (scoped: SiteTx) => writeAudit(scoped, { event: "source.revoked", detail: { unitId }, siteId, subject: { type: "source", id: unitId }, actor: { id: "a", name: "A", role: "administrator" }, reason: "a test of the ledger" }, new Date(), randomUUID);
  return tx ? act(tx) : withProgramme(db.portal, "installation", [siteId], act, { reason: "a test of the ledger" });
};
const started = async (): Promise<Sequencer> => {
  const made = new Sequencer({ database: sequencerPool, keys, witnessDirectory: join(directory, "witness"), complain: (sentence) => void said.push(sentence) });
  await made.take(owners);
  return made;
};
async function settle(sequencer: Sequencer): Promise<void> {
  while ((await sequencer.round(new Date())) > 0);
  await sequencer.witness(new Date());
}
const leavesOf = (siteId: string) => asOwner((tx) => tx.select({ position: ledgerLeaves.position, id: auditEntries.id, canonical: auditEntries.canonical, leafHash: ledgerLeaves.leafHash, seq: auditEntries.seq })
  .from(ledgerLeaves).innerJoin(auditEntries, eq(auditEntries.id, ledgerLeaves.entryId)).where(eq(ledgerLeaves.siteId, siteId)).orderBy(asc(ledgerLeaves.position)));

beforeAll(async () => {
  db = await freshDatabase("story");
  providePortalDatabase(db.portal);
  sequencerPool = openDatabase(db.sequencerUrl, 4);
  directory = mkdtempSync(join(tmpdir(), "veribatch-ledger-"));
  keys = openKeys(join(directory, "keys"), inject("cluster").signingKey, new Date());
  await settleKeys(db.ownerUrl, keys, makeSealKey, stamp());
});
afterAll(async () => {
  await sequencerPool.$client.end({ timeout: 2 });
  await db.close();
  rmSync(directory, { recursive: true, force: true });
});

describe("the keys of an installation", () => {
  it("REQ-24 (21 CFR 11.30) are made at the first start, one file each, readable by their owner only, and registered with their public halves", async () => {
    const files = keys.all();
    expect(files.map((k) => `${k.purpose} ${k.owner}`).sort()).toEqual(["attestation enterprise", "ledger basel", "ledger enterprise", "ledger raleigh", "ledger singapore", "seal enterprise"]);
    for (const key of files) expect(statSync(join(directory, "keys", `${key.id}.json`)).mode & 0o777, key.id).toBe(0o600);
    const register = await asOwner((tx) => keyRegister(tx));
    expect(register.map((r) => r.id).sort()).toEqual(files.map((k) => k.id).sort());
    const everything = JSON.stringify(await asOwner((tx) => tx.execute(sql`select to_jsonb(r) from register_keys r`))) + JSON.stringify(await asOwner((tx) => tx.select().from(auditEntries).where(eq(auditEntries.event, "key.created"))));
    for (const key of files) expect(everything).not.toContain(key.privateKey.slice(-40));
  });
  it("REQ-32 (21 CFR 11.300) are found again at the next start, and no second ones are made", async () => {
    const before = await asOwner((tx) => keyRegister(tx));
    await settleKeys(db.ownerUrl, keys, makeSealKey, stamp());
    expect(await asOwner((tx) => keyRegister(tx))).toEqual(before);
  });
});

describe("the ledger of a site", () => {
  it("REQ-05 (21 CFR 11.10(e)) takes every entry once, in the order of transactions, and signs a head that all others co-sign", async () => {
    const sequencer = await started();
    await write("basel", "BR-2001");
    await settle(sequencer);
    for (const siteId of owners) {
      const leaves = await leavesOf(siteId);
      const [{ n } = { n: "0" }] = await asOwner((tx) => tx.execute<{ n: string }>(sql`select count(*) as n from audit_entries where site_id = ${siteId}`));
      expect(leaves.length, siteId).toBe(Number(n));
      expect(leaves.map((l) => l.position)).toEqual(leaves.map((_, i) => i));
      expect(new Set(leaves.map((l) => l.id)).size).toBe(leaves.length);
      for (const leaf of leaves) expect(Buffer.from(leaf.leafHash).equals(Buffer.from(tree.leafHash(leafBytes(leaf.canonical))))).toBe(true);
      const head = await asOwner((tx) => headOf(tx, siteId));
      const note = head && readNote(head.note);
      const said = note && readCheckpoint(note.text);
      if (!head || !note || !said) throw new Error("no head");
      expect(said.size).toBe(leaves.length);
      expect(Buffer.from(said.root).equals(Buffer.from(tree.rootOf(leaves.map((l) => l.leafHash))))).toBe(true);
      const register = (await asOwner((tx) => keyRegister(tx))).filter((k) => k.purpose === "ledger").map((k) => ({ owner: k.owner, name: k.name, publicKey: Buffer.from(k.publicKey, "base64") }));
      const own = register.find((k) => k.owner === siteId);
      expect(own && verifyNoteSignature(note, own, nativeCrypto)).toBe(true);
      for (const other of register.filter((k) => k.owner !== siteId)) expect(verifyCosignature(note, other, nativeCrypto), other.name).toBeGreaterThan(1_700_000_000);
      expect(own && verifyCosignature(note, own, nativeCrypto)).toBeUndefined();
      expect(readWitness(join(directory, "witness"), siteId).at(-1)?.note).toBe(head.note);
    }
  });

  it("REQ-05 (21 CFR 11.10(e)) proves each entry against its head, and the head against every earlier one", async () => {
    const sequencer = await started();
    for (let i = 0; i < 5; i += 1) {
      await write("basel", `U-${i}`);
      await settle(sequencer);
    }
    const leaves = await leavesOf("basel");
    for (const leaf of [...leaves.slice(0, 4), ...leaves.slice(-6)]) {
      const proof = await asOwner((tx) => entryProof(tx, "basel", leaf.id));
      if (!proof) throw new Error("no proof");
      expect(tree.verifyInclusion({ leafHash: tree.leafHash(leafBytes(leaf.canonical)), position: proof.position, size: proof.head.size, path: proof.path, root: proof.head.root })).toBe(true);
      expect(tree.verifyInclusion({ leafHash: tree.leafHash(leafBytes(`${leaf.canonical} `)), position: proof.position, size: proof.head.size, path: proof.path, root: proof.head.root })).toBe(false);
    }
    const heads = await asOwner((tx) => tx.select().from(checkpoints).where(eq(checkpoints.siteId, "basel")).orderBy(asc(checkpoints.size)));
    const last = heads.at(-1);
    expect(heads.length).toBeGreaterThan(5);
    for (const head of heads) {
      const path = await asOwner((tx) => consistencyPath(tx, "basel", head.size, last?.size ?? 0));
      expect(tree.verifyConsistency({ first: head.size, second: last?.size ?? 0, firstRoot: head.root, secondRoot: last?.root ?? new Uint8Array(), path })).toBe(true);
    }
  });

  it("REQ-05 (21 CFR 11.10(e)) waits for a transaction that is still open, so that no entry appears before one that has its position", async () => {
    const sequencer = await started();
    await settle(sequencer);
    const before = (await leavesOf("raleigh")).length;
    let finish = () => {};
    const wrote = Promise.withResolvers<void>();
    const slow = withProgramme(db.portal, "installation", ["raleigh"], async (tx) => {
      await write("raleigh", "SLOW", tx);
      wrote.resolve();
      await new Promise<void>((resolve) => (finish = resolve));
    }, { reason: "a long transaction" });
    await wrote.promise;
    await write("raleigh", "QUICK");
    await settle(sequencer);
    expect((await leavesOf("raleigh")).length).toBe(before);
    finish();
    await slow;
    await settle(sequencer);
    const added = (await leavesOf("raleigh")).slice(before);
    expect(added.map((l) => (JSON.parse(l.canonical) as { subjectId: string }).subjectId)).toEqual(["SLOW", "QUICK"]);
  });

  it("REQ-17 (Annex 11 §7) goes on after a restart with neither gap nor repetition, and across the borders of its stored subtrees", async () => {
    const sizes = [1, 254, 3, 600];
    for (const n of sizes) {
      const sequencer = await started();
      await withProgramme(db.portal, "installation", ["singapore"], async (tx) => { for (let i = 0; i < n; i += 1) await write("singapore", `S-${n}-${i}`, tx); }, { reason: "many entries" });
      await settle(sequencer);
    }
    const leaves = await leavesOf("singapore");
    const head = await asOwner((tx) => headOf(tx, "singapore"));
    expect(leaves.map((l) => l.position)).toEqual(leaves.map((_, i) => i));
    expect(Buffer.from(head?.root ?? []).equals(Buffer.from(tree.rootOf(leaves.map((l) => l.leafHash))))).toBe(true);
    const stored = await asOwner((tx) => tx.execute<{ n: string }>(sql`select count(*) as n from ledger_nodes where site_id = 'singapore' and level = 8`));
    expect(Number(stored[0]?.n)).toBe(Math.floor(leaves.length / 256));
  });

  it("REQ-24 (21 CFR 11.30) takes a new key after a rotation, an audited command, and old heads still verify against the old one", async () => {
    const admin = await storyActor(db.portal, "admin@demo");
    const by = requirePermission(admin, "key.rotate", "enterprise");
    const old = await asOwner((tx) => headOf(tx, "basel"));
    const rotated = await withSites(by, (tx) => rotateKey(tx, by, { purpose: "ledger", owner: "basel", reason: "yearly rotation" }, keys, stamp()), { reason: "yearly rotation" });
    if (!rotated.ok) throw new Error(rotated.refusal);
    keys.admit(rotated.value.id);
    const sequencer = await started();
    await write("basel", "AFTER");
    await settle(sequencer);
    const head = await asOwner((tx) => headOf(tx, "basel"));
    const register = await asOwner((tx) => tx.select().from(registerKeys).where(eq(registerKeys.owner, "basel")).orderBy(asc(registerKeys.validFrom)));
    expect(register.map((k) => k.validTo === null)).toEqual([false, true]);
    const verifies = (note: string | undefined, key: (typeof register)[number] | undefined) => {
      const read = note === undefined ? undefined : readNote(note);
      return read && key && verifyNoteSignature(read, { name: key.name, publicKey: Buffer.from(key.publicKey, "base64") }, nativeCrypto);
    };
    expect([verifies(old?.note, register[0]), verifies(old?.note, register[1]), verifies(head?.note, register[0]), verifies(head?.note, register[1])]).toEqual([true, false, false, true]);
    const acts = await asOwner((tx) => tx.select().from(auditEntries).where(eq(auditEntries.event, "key.rotated")));
    expect(acts).toHaveLength(1);
    expect(acts[0]).toMatchObject({ actorId: admin.id, reason: "yearly rotation", critical: true, detail: { replaces: register[0]?.id, keyId: register[1]?.id } });
  });
});

describe("a ledger whose history was changed", () => {
  it("REQ-17 (Annex 11 §7) is not gone on with when entries that the witness has seen are missing", async () => {
    const sequencer = await started();
    await write("raleigh", "LAST");
    await settle(sequencer);
    const path = witnessPath(join(directory, "witness"), "raleigh");
    expect(readFileSync(path, "utf8").endsWith("----\n")).toBe(true);
    const copy = await freshDatabase("story");
    const pool = openDatabase(copy.sequencerUrl, 2);
    said.length = 0;
    const restored = new Sequencer({ database: pool, keys, witnessDirectory: join(directory, "witness"), complain: (sentence) => void said.push(sentence) });
    await restored.take(["raleigh"]);
    expect(said.join()).toMatch(/ledger of raleigh holds 0 entries and its witness has seen \d+: entries are missing/);
    expect(await restored.round(new Date())).toBe(0);
    await pool.$client.end({ timeout: 2 });
    await copy.close();
  });

  it("REQ-17 (Annex 11 §7) is not gone on with when its witness file was altered", async () => {
    const path = witnessPath(join(directory, "witness"), "singapore");
    const text = readFileSync(path, "utf8");
    const dash = text.lastIndexOf("— ");
    writeFileSync(path, `${text.slice(0, dash)}-${text.slice(dash + 1)}`);
    said.length = 0;
    await started();
    expect(said.join()).toMatch(/ledger of singapore stands still\. the last head of the witness file cannot be read/);
    expect(alteredHeads(join(directory, "witness"), "singapore")).toBe(1);
    writeFileSync(path, text);
    said.length = 0;
    await started();
    expect(said).toEqual([]);
  });
});
