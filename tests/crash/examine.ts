import { join } from "node:path";
import postgres from "postgres";
import { tree } from "#lib/ledger/native.ts";
import { leafBytes } from "#lib/ledger/native.ts";
import { sameBytes } from "#lib/ledger/tree.ts";
import { readWitness } from "#lib/ledger/witness-file.ts";
import { everySite, siteId, sourceId, type Settings } from "./installation.ts";
import type { Account } from "./tally.ts";

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** Waits until every entry has its position. False after half a minute. */
async function settled(database: postgres.Sql): Promise<boolean> {
  for (let i = 0; i < 300; i += 1) {
    const [row] = await database<{ n: string }[]>`select count(*) as n from audit_entries a where not exists (select from ledger_leaves l where l.site_id = a.site_id and l.entry_id = a.id)`;
    if (Number(row?.n) === 0) return true;
    await pause(100);
  }
  return false;
}

async function examineLog(database: postgres.Sql, directory: string, log: string): Promise<readonly string[]> {
  const leaves = await database<{ position: string; entry_id: string; leaf_hash: Uint8Array; canonical: string | null }[]>`
    select l.position, l.entry_id, l.leaf_hash, a.canonical from ledger_leaves l left join audit_entries a on a.site_id = l.site_id and a.id = l.entry_id where l.site_id = ${log} order by l.position`;
  const faults: string[] = [];
  if (leaves.some((leaf, i) => Number(leaf.position) !== i)) faults.push(`${log}: a gap in the positions`);
  if (new Set(leaves.map((leaf) => leaf.entry_id)).size !== leaves.length) faults.push(`${log}: an entry has two positions`);
  if (leaves.some((leaf) => leaf.canonical === null || !sameBytes(leaf.leaf_hash, tree.leafHash(leafBytes(leaf.canonical))))) faults.push(`${log}: a leaf does not fit its entry`);
  const [head] = await database<{ size: string; root: Uint8Array }[]>`select size, root from checkpoints where site_id = ${log} order by size desc limit 1`;
  if (Number(head?.size ?? 0) !== leaves.length) faults.push(`${log}: the newest head covers ${head?.size ?? 0} of ${leaves.length} entries`);
  const heads = new Map([...(head ? [[Number(head.size), head.root] as const] : []), ...readWitness(join(directory, "witness"), log).map((seen) => [seen.head.size, seen.head.root] as const)]);
  const frontier = tree.frontier();
  for (const leaf of leaves) {
    frontier.append(leaf.leaf_hash);
    const seen = heads.get(frontier.size);
    if (seen && !sameBytes(seen, frontier.root() ?? new Uint8Array())) faults.push(`${log}: the head of ${frontier.size} entries is not what the entries give`);
    heads.delete(frontier.size);
  }
  if (heads.size > 0) faults.push(`${log}: ${heads.size} witnessed heads cover more entries than there are`);
  return faults;
}

async function examineSignatures(database: postgres.Sql, account: Account): Promise<readonly string[]> {
  const rows = await database<{ batch_id: string; ordinal: number; digest: string; previous_digest: string | null }[]>`select batch_id, ordinal, digest, previous_digest from signatures where site_id = ${siteId} order by batch_id, ordinal`;
  const present = new Set(rows.map((r) => `${r.batch_id}/${r.ordinal}/${r.digest}`));
  const faults = [...account.signatures].filter((id) => !present.has(id)).map((id) => `acknowledged signature ${id} is lost`);
  for (const [i, row] of rows.entries()) {
    const before = rows[i - 1]?.batch_id === row.batch_id ? rows[i - 1] : undefined;
    if (row.ordinal !== (before?.ordinal ?? 0) + 1 || row.previous_digest !== (before?.digest ?? null)) faults.push(`signature ${row.batch_id}/${row.ordinal} breaks its chain`);
  }
  const half = await database<{ what: string }[]>`
    select 'a signature without its act: ' || s.batch_id || '/' || s.ordinal as what from signatures s where s.method <> 'story' and (select count(*) from audit_entries a where a.event in ('record.signed', 'signature.withdrawn') and a.detail ->> 'signatureDigest' = s.digest) <> 1
    union all select 'an act without its signature: ' || a.id from audit_entries a where a.event in ('record.signed', 'signature.withdrawn') and not exists (select from signatures s where s.digest = a.detail ->> 'signatureDigest')
    union all select 'an intent that says signed without a signature: ' || i.id from signing_intents i where i.outcome = 'signed' and not exists (select from signatures s where s.digest = i.statement_digest)
    union all select 'a signature whose intent is open: ' || i.id from signing_intents i join signatures s on s.digest = i.statement_digest where i.outcome is distinct from 'signed'
    union all select 'a batch whose state is not what its last signature left: ' || b.id from batches b join lateral (select meaning from signatures s where s.site_id = b.site_id and s.batch_id = b.id and s.method <> 'story' order by ordinal desc limit 1) last on true
      where b.state <> case last.meaning when 'withdrawn' then 'complete' else 'prod_reviewed' end`;
  return [...faults, ...half.map((row) => row.what)];
}

async function examineSamples(database: postgres.Sql, account: Account): Promise<readonly string[]> {
  const rows = await database<{ seq: string; n: string }[]>`select seq, count(*) as n from samples where source_id = ${sourceId} and tag = 'ph' group by seq`;
  const present = new Map(rows.map((r) => [Number(r.seq), Number(r.n)]));
  const wanted = [...account.samples].flatMap((first) => Array.from({ length: 5 }, (_, i) => first + i));
  return [...wanted.filter((seq) => !present.has(seq)).map((seq) => `acknowledged sample ${seq} is lost`), ...rows.filter((r) => Number(r.n) !== 1).map((r) => `sample ${r.seq} is stored ${r.n} times`)];
}

/** Everything that was acknowledged is there once; ledger, witness, signatures and samples are whole. Sentences about what is not. */
export async function examine(settings: Settings, account: Account): Promise<readonly string[]> {
  const database = postgres(settings.superuserUrl, { max: 1, onnotice: () => {} });
  try {
    const late = (await settled(database)) ? [] : ["entries are without a position half a minute after the last one was written"];
    const present = new Set((await database<{ id: string }[]>`select id from audit_entries where site_id = ${siteId}`).map((row) => row.id));
    const lost = [...account.entries].filter((id) => !present.has(id)).map((id) => `acknowledged entry ${id} is lost`);
    const logs: string[] = [];
    for (const log of everySite) logs.push(...(await examineLog(database, settings.directory, log)));
    return [...late, ...lost, ...logs, ...(await examineSignatures(database, account)), ...(await examineSamples(database, account))];
  } finally {
    await database.end({ timeout: 2 });
  }
}
