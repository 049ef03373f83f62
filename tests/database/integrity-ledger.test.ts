import { randomUUID } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import postgres from "postgres";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Sequencer } from "#bin/ledger/sequencer.ts";
import { verifyLedger } from "#bin/ledger/integrity-ledger.ts";
import { IntegrityWalk } from "#bin/ledger/integrity-walk.ts";
import { withProgramme, type SiteTx } from "#db/scope.ts";
import { writeAudit } from "#lib/audit/commands.ts";
import { canonical, digestOf } from "#lib/digest/digest.ts";
import { openFindings } from "#lib/integrity/queries.ts";
import { registerKey } from "#lib/ledger/key-commands.ts";
import { makeKey, openKeyStore, publicOf, signerOf, type StoredKey } from "#lib/ledger/key-store.ts";
import { leafBytes, nativeSha256, tree } from "#lib/ledger/native.ts";
import { checkpointText, signatureLine, signatureType, writeNote } from "#lib/ledger/note.ts";
import { freshDatabase, type TestDatabase } from "#tests/database.ts";

const owners = ["basel", "raleigh", "singapore", "enterprise"];
const batchId = "BAS-101-2607";
let directory: string;
let db: TestDatabase;
let superuser: postgres.Sql;
let keys: ReturnType<typeof openKeyStore>;
let sequencer: Sequencer;
const witnessDirectory = () => join(directory, "witness");
const complaints: string[] = [];

async function sequenced(): Promise<void> {
  while ((await sequencer.round(new Date())) > 0) { /* until every entry has its position */ }
  await sequencer.witness(new Date());
}
beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), "veribatch-integrity-"));
  db = await freshDatabase("story");
  superuser = postgres(db.superuserUrl, { max: 1, onnotice: () => {} });
  await superuser`set session_replication_role = replica`;
  keys = openKeyStore(join(directory, "keys"));
  await withProgramme(db.owner, "installation", ["enterprise"], async (tx) => {
    for (const owner of owners) {
      const key = makeKey({ owner, purpose: "ledger", name: `test/${owner}` }, new Date(Date.now() - 60_000));
      keys.prepare(key);
      keys.admit(key.id);
      await registerKey(tx, key, { id: "programme:installation", name: "installation", role: "programme" }, { now: new Date(Date.now() - 60_000), newId: randomUUID });
    }
  }, { reason: "keys for the test" });
  sequencer = new Sequencer({ database: db.sequencer, keys, witnessDirectory: witnessDirectory(), complain: (sentence) => complaints.push(sentence) });
  await sequencer.take(owners);
  await sequenced();
});
afterAll(async () => {
  await superuser.end();
  await db.close();
  rmSync(directory, { recursive: true });
});

const verify = (threads = 1, witness = witnessDirectory()) => verifyLedger({ database: db.sequencer, databaseUrl: db.sequencerUrl, siteId: "basel", witnessDirectory: witness, threads });
const named = async (witness = witnessDirectory()) => (await verify(1, witness)).findings.map((f) => `${f.table} ${f.field}`);
const anAct = (tx: SiteTx) => writeAudit(tx, { event: "source.revoked", detail: { unitId: "BR-2001" }, siteId: "basel", subject: { type: "source", id: "x" }, actor: { id: "a", name: "A", role: "administrator" }, reason: "an act of the test" }, new Date(), randomUUID);
const inBasel = <T>(work: (tx: SiteTx) => Promise<T>) => withProgramme(db.portal, "installation", ["basel"], work, { reason: "an act of the test" });

const touched = ["cosignatures", "checkpoints", "ledger_nodes", "ledger_leaves", "audit_entries", "register_keys"];
/** Attacks past every trigger, looks, and puts the tables back. */
async function attacked<T>(attack: () => Promise<unknown>, look: () => Promise<T>): Promise<T> {
  const columns = new Map<string, string>();
  for (const table of touched) {
    const [row] = await superuser<{ columns: string }[]>`select string_agg(quote_ident(attname), ', ') as columns from pg_attribute where attrelid = ${table}::regclass and attnum > 0 and not attisdropped and attgenerated = ''`;
    columns.set(table, row?.columns ?? "");
    await superuser.unsafe(`create table saved_${table} as table ${table}`);
  }
  try {
    await attack();
    return await look();
  } finally {
    for (const [table, names] of columns) {
      await superuser.unsafe(`delete from ${table}`);
      await superuser.unsafe(`insert into ${table} (${names}) overriding system value select ${names} from saved_${table}`);
      await superuser.unsafe(`drop table saved_${table}`);
    }
  }
}

type EntryRow = { readonly id: string; readonly canonical: string };
const entryOf = async (position: number): Promise<EntryRow> => {
  const [row] = await superuser<EntryRow[]>`select a.id, a.canonical from audit_entries a join ledger_leaves l on l.site_id = a.site_id and l.entry_id = a.id where l.site_id = 'basel' and l.position = ${position}`;
  if (!row) throw new Error("no such entry");
  return row;
};

/** Writes another reason into an entry, in its columns, its bytes and its digest: it holds by itself. */
async function rewriteEntry(position: number): Promise<void> {
  const { id, canonical: text } = await entryOf(position);
  const forged = canonical({ ...(JSON.parse(text) as object), reason: "another reason" });
  await superuser`update audit_entries set reason = 'another reason', canonical = ${forged}, digest = ${digestOf("EBRLEAF/1", forged)} where site_id = 'basel' and id = ${id}`;
}

/** Recomputes leaves, subtrees and every signed head of Basel over the entries as they are now, signing with the given key. */
async function recompute(key: StoredKey): Promise<void> {
  const rows = await superuser<{ position: string; canonical: string }[]>`select l.position, a.canonical from ledger_leaves l join audit_entries a on a.site_id = l.site_id and a.id = l.entry_id where l.site_id = 'basel' order by l.position`;
  const frontier = tree.frontier();
  const heads = new Map<number, Uint8Array>();
  for (const row of rows) {
    const hash = tree.leafHash(leafBytes(row.canonical));
    await superuser`update ledger_leaves set leaf_hash = ${hash} where site_id = 'basel' and position = ${row.position} and leaf_hash <> ${hash}`;
    const made: { level: number; number: number; hash: Uint8Array }[] = [];
    frontier.append(hash, 0, (node, h) => { if (node.level % 8 === 0) made.push({ ...node, hash: h }); });
    for (const node of made) await superuser`update ledger_nodes set hash = ${node.hash} where site_id = 'basel' and level = ${node.level} and number = ${node.number}`;
    const root = frontier.root();
    if (root) heads.set(frontier.size, root);
  }
  for (const { size } of await superuser<{ size: string }[]>`select size from checkpoints where site_id = 'basel'`) {
    const root = heads.get(Number(size)) ?? new Uint8Array(32);
    const text = checkpointText({ origin: key.name, size: Number(size), root });
    const note = writeNote(text, [signatureLine({ name: key.name, publicKey: Buffer.from(publicOf(key), "base64") }, signatureType.note, signerOf(key)(Buffer.from(text)), nativeSha256)]);
    await superuser`update checkpoints set root = ${root}, note = ${note}, key_id = ${key.id} where site_id = 'basel' and size = ${size}`;
  }
  await superuser`delete from cosignatures where site_id = 'basel'`;
}
const baselKey = (): StoredKey => {
  const key = keys.current("ledger", "basel");
  if (!key) throw new Error("no key of Basel");
  return key;
};

describe("a ledger nobody touched", () => {
  it("REQ-01 (21 CFR 11.10(a)) verifies to the last entry, head and co-signature, with one thread and with two", async () => {
    const [{ n, heads, lines } = { n: 0, heads: 0, lines: 0 }] = await superuser<{ n: number; heads: number; lines: number }[]>`
      select (select count(*)::int from audit_entries where site_id = 'basel') as n, (select count(*)::int from checkpoints where site_id = 'basel') as heads, (select count(*)::int from cosignatures where site_id = 'basel') as lines`;
    expect(lines).toBeGreaterThanOrEqual(3);
    for (const threads of [1, 2]) {
      const { frontier, ...found } = await verify(threads);
      expect(found).toEqual({ entries: n, checkpoints: heads, witnessed: 1, size: n, findings: [] });
      expect(frontier.size).toBe(n);
    }
    expect(n).toBeGreaterThan(1000);
  });

  it("REQ-01 (21 CFR 11.10(a)) is gone on with from where an earlier walk ended, and only what is new is examined", async () => {
    const { frontier } = await verify();
    await inBasel(async (tx) => { await anAct(tx); await anAct(tx); });
    await sequenced();
    const later = await verifyLedger({ database: db.sequencer, databaseUrl: db.sequencerUrl, siteId: "basel", witnessDirectory: witnessDirectory(), from: frontier });
    expect(later).toMatchObject({ entries: 2, checkpoints: 1, witnessed: 1, findings: [] });
    expect((await verify()).findings).toEqual([]);
  });
});

describe("as database superuser", () => {
  it.each<[string, string, string]>([
    ["one letter of an entry's bytes", "audit_entries ledger leaf", "update audit_entries set canonical = replace(canonical, 'programme', 'programmf') where id = $id"],
    ["an entry that is taken out", "audit_entries row", "delete from audit_entries where id = $id"],
    ["a leaf's hash", "audit_entries ledger leaf", "update ledger_leaves set leaf_hash = sha256('x') where entry_id = $id"],
    ["a leaf that is taken out", "ledger_leaves row", "delete from ledger_leaves where entry_id = $id"],
    ["a leaf that names another entry", "audit_entries row", "update ledger_leaves set entry_id = gen_random_uuid() where entry_id = $id"],
    ["a subtree's hash", "ledger_nodes hash", "update ledger_nodes set hash = sha256('x') where site_id = 'basel' and number = 0 and level = 8"],
    ["the root of a signed head", "checkpoints root", "update checkpoints set root = sha256('x') where site_id = 'basel' and size = (select max(size) from checkpoints where site_id = 'basel')"],
    ["the size of a signed head", "checkpoints root", "update checkpoints set size = size - 1 where site_id = 'basel' and size = (select min(size) from checkpoints where site_id = 'basel')"],
    ["the note of a signed head", "checkpoints note", "update checkpoints set note = replace(note, 'test/basel', 'test/other') where site_id = 'basel'"],
    ["the time of a signed head, to before its key was valid", "checkpoints note", "update checkpoints set signed_at = '2020-01-01' where site_id = 'basel'"],
    ["a co-signature", "cosignatures line", "update cosignatures set line = overlay(line placing 'AAAA' from length(line) - 9) where site_id = 'basel'"],
    ["a co-signature in another's name", "cosignatures line", "update cosignatures set witness = 'test/basel' where site_id = 'basel' and witness = 'test/raleigh'"],
    ["the public key of a site", "checkpoints note", "update register_keys set public_key = (select public_key from register_keys where owner = 'raleigh' and purpose = 'ledger') where owner = 'basel' and purpose = 'ledger'"],
  ])("REQ-01 (21 CFR 11.10(a)) %s is found", async (_, expected, statement) => {
    const { id } = await entryOf(100);
    const findings = await attacked(() => superuser.unsafe(statement.replaceAll("$id", `'${id}'`)), named);
    expect(findings).toContain(expected);
    if (expected === "audit_entries ledger leaf" || expected === "audit_entries row") expect(findings.every((f) => f.startsWith("audit_entries") || f.startsWith("checkpoints root") || f.startsWith("witness root") || f.startsWith("ledger_nodes"))).toBe(true);
  });

  it("REQ-01 (21 CFR 11.10(a)) two entries that changed places in the ledger are found", async () => {
    const [a, b] = [await entryOf(50), await entryOf(60)];
    const findings = await attacked(async () => {
      await superuser`update ledger_leaves set position = -1 where entry_id = ${a.id}`;
      await superuser`update ledger_leaves set position = 50 where entry_id = ${b.id}`;
      await superuser`update ledger_leaves set position = 60 where entry_id = ${a.id}`;
    }, named);
    expect(findings).toEqual(["ledger_nodes hash", "checkpoints root", "witness root"]);
  });

  it("REQ-01 (21 CFR 11.10(a)) an entry rewritten so that it holds by itself is blamed alone: its leaf was signed", async () => {
    const { id } = await entryOf(100);
    const findings = await attacked(() => rewriteEntry(100), async () => (await verify()).findings);
    expect(findings.map((f) => [f.table, f.recordId, f.field])).toEqual([["audit_entries", id, "ledger leaf"]]);
  });

  it("REQ-01 (21 CFR 11.10(a)) an entry rewritten and everything after it recomputed, without the site's key, is found by the signatures and by the witness", async () => {
    const own = makeKey({ owner: "basel", purpose: "ledger", name: "test/basel" }, new Date());
    const findings = await attacked(async () => { await rewriteEntry(100); await recompute(own); }, named);
    expect(findings).toEqual(["checkpoints note", "witness root"]);
  });

  it("REQ-01 (21 CFR 11.10(a)) an entry rewritten and everything recomputed with a key put into the register is found through the witness, and the key as one nobody recorded", async () => {
    const own = makeKey({ owner: "basel", purpose: "ledger", name: "test/basel" }, new Date(Date.now() - 60_000));
    const found = await attacked(async () => {
      await rewriteEntry(100);
      await recompute(own);
      await superuser`insert into register_keys (id, owner, purpose, name, algorithm, public_key, valid_from) values (${own.id}, 'basel', 'ledger', ${own.name}, 'Ed25519', ${publicOf(own)}, now() - interval '1 day')`;
    }, async () => ({ ledger: await named(), enterprise: await new IntegrityWalk({ database: db.sequencer, databaseUrl: db.sequencerUrl, witnessDirectory: witnessDirectory(), newId: randomUUID }).round("enterprise", () => new Date()) }));
    expect(found.ledger).toEqual(["witness root"]);
    expect(found.enterprise.open).toBe(1);
    await new IntegrityWalk({ database: db.sequencer, databaseUrl: db.sequencerUrl, witnessDirectory: witnessDirectory(), newId: randomUUID }).round("enterprise", () => new Date());
  });

  it("REQ-01 (21 CFR 11.10(a)) with the site's own key as well, an entry rewritten and everything after it recomputed is still found: through the witness kept outside PostgreSQL", async () => {
    const findings = await attacked(async () => { await rewriteEntry(100); await recompute(baselKey()); }, named);
    expect(findings).toEqual(["witness root"]);
  });

  it("with database, keys and the witness file together one can forge: nothing here finds it, and the documents say so", async () => {
    const findings = await attacked(async () => { await rewriteEntry(100); await recompute(baselKey()); }, () => named(join(directory, "no-witness")));
    expect(findings).toEqual([]);
  });

  it("REQ-17 (Annex 11 §7) a ledger cut off at its end, with its heads, is found through the witness", async () => {
    const findings = await attacked(async () => {
      const [{ size } = { size: 0 }] = await superuser<{ size: number }[]>`select max(size)::int - 1 as size from checkpoints where site_id = 'basel'`;
      await superuser`delete from audit_entries where site_id = 'basel' and id in (select entry_id from ledger_leaves where site_id = 'basel' and position >= ${size})`;
      await superuser`delete from ledger_leaves where site_id = 'basel' and position >= ${size}`;
      await superuser`delete from cosignatures where site_id = 'basel' and size > ${size}`;
      await superuser`delete from checkpoints where site_id = 'basel' and size > ${size}`;
    }, named);
    expect(findings).toEqual(["witness size"]);
  });

  it("REQ-17 (Annex 11 §7) an emptied ledger is found, and proves nothing", async () => {
    const found = await attacked(async () => { for (const table of ["cosignatures", "checkpoints", "ledger_nodes", "ledger_leaves"]) await superuser.unsafe(`delete from ${table} where site_id = 'basel'`); }, verify);
    expect(found).toMatchObject({ entries: 0, checkpoints: 0 });
    expect(found.findings.map((f) => `${f.table} ${f.field}`)).toEqual(["witness size"]);
  });

  it("REQ-17 (Annex 11 §7) an entry that was added past the ledger, with a number of the past, is found", async () => {
    const findings = await attacked(() => superuser`
      insert into audit_entries (site_id, id, at, zone, actor_id, actor_name, role, kind, event, subject_type, subject_id, reason, critical, detail, canonical, digest, tx)
      select site_id, gen_random_uuid(), at - interval '1 hour', zone, actor_id, actor_name, role, kind, event, subject_type, subject_id, reason, critical, detail, canonical, digest, tx from audit_entries where site_id = 'basel' order by tx limit 1`, named);
    expect(findings).toContain("audit_entries ledger position");
  });
});

describe("a round of the background check", () => {
  const walk = () => new IntegrityWalk({ database: db.sequencer, databaseUrl: db.sequencerUrl, witnessDirectory: witnessDirectory(), newId: randomUUID });
  const acts = () => superuser<{ event: string; detail: Record<string, string>; batch_id: string }[]>`select event, detail, batch_id from audit_entries where site_id = 'basel' and event like 'integrity.%' order by seq`;
  const notices = () => superuser<{ user_name: string; title: string; body: string; address: string }[]>`select p.user_name, n.title, n.body, n.address from notices n join people p on p.id = n.person_id where n.kind = 'integrity-failed' order by n.at, p.user_name`;

  it("REQ-01 (21 CFR 11.10(a)) finds an altered record once, tells the QA managers and administrators, stands before its signature, and says when it is restored", async () => {
    const [one, before] = [walk(), await notices()];
    expect(await one.round("basel", () => new Date())).toMatchObject({ fresh: 0, open: 0, whole: true });
    await superuser`update batches set titer_g_l = titer_g_l + 1 where id = ${batchId}`;
    expect(await one.round("basel", () => new Date())).toMatchObject({ fresh: 1, open: 1 });
    expect(await one.round("basel", () => new Date())).toMatchObject({ fresh: 0, open: 1 });
    expect((await acts()).map((a) => [a.event, a.detail, a.batch_id])).toEqual([["integrity.failed", { table: "batches", record: batchId, field: "titer_g_l" }, batchId]]);
    const told = (await notices()).slice(before.length);
    expect(told.map((n) => n.user_name)).toEqual(["admin@demo", "qa.manager@demo", "qa.second@demo"]);
    expect(told[0]).toMatchObject({ title: "Integrity failed at Basel", body: expect.stringContaining("field titer_g_l"), address: `/sites/basel/batches/${batchId}` });
    const open = await inBasel((tx) => openFindings(tx, "basel", batchId));
    expect(open).toEqual([{ table: "batches", recordId: batchId, field: "titer_g_l", recorded: expect.any(String), found: expect.any(String) }]);
    await superuser`update batches set titer_g_l = titer_g_l - 1 where id = ${batchId}`;
    await superuser.unsafe(`update batches b set titer_g_l = ((a.detail ->> 'new')::jsonb ->> 'titer_g_l')::float8 from (select detail from audit_entries where subject_type = 'batches' and subject_id = '${batchId}' and kind <> 'act' order by seq desc limit 1) a where b.id = '${batchId}'`);
    expect(await one.round("basel", () => new Date())).toMatchObject({ fresh: 0, open: 0 });
    expect((await acts()).map((a) => a.event)).toEqual(["integrity.failed", "integrity.restored"]);
    expect(await inBasel((tx) => openFindings(tx, "basel", batchId))).toEqual([]);
    await sequenced();
  });

  it("REQ-01 (21 CFR 11.10(a)) of a rewritten ledger stands before every signature of the site, and of no other site", async () => {
    const findings = await attacked(async () => { await rewriteEntry(100); await recompute(baselKey()); }, async () => {
      await walk().round("basel", () => new Date());
      return { basel: await inBasel((tx) => openFindings(tx, "basel", batchId)), raleigh: await withProgramme(db.portal, "installation", ["raleigh"], (tx) => openFindings(tx, "raleigh", "RAL-101-2607")) };
    });
    expect(findings.basel.map((f) => f.table)).toEqual(["witness"]);
    expect(findings.raleigh).toEqual([]);
    await walk().round("basel", () => new Date());
    expect(await inBasel((tx) => openFindings(tx, "basel", batchId))).toEqual([]);
  });

  it("REQ-08 (Annex 11 §9) writes down what it examined: rows, entries and heads, none of them zero", async () => {
    for (const siteId of owners) await walk().round(siteId, () => new Date());
    const rows = await superuser`select distinct on (site_id) site_id, rows, entries, checkpoints, ledger_size::int as size from integrity_checks order by site_id, finished_at desc`;
    expect(rows).toHaveLength(4);
    for (const row of rows) expect(Math.min(row["rows"] as number, row["entries"] as number, row["checkpoints"] as number), String(row["site_id"])).toBeGreaterThan(0);
    expect(complaints).toEqual([]);
  });
});
