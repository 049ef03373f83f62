import { createHash } from "node:crypto";
import { verifyFile } from "#bin/verify/pdf.ts";
import { chanceOf } from "./tamper-chance.ts";
import { flipped, structural, type Case } from "./tamper-cases.ts";
import { forgedThroughout } from "./tamper-forged.ts";
import type { Answer, PythonVerifier } from "./tamper-python.ts";
import { sealedPdf, sealKey } from "./sealed-pdf.ts";
import { synthetic } from "./synthetic.ts";
import { fingerprintOf, newSubject } from "./tamper-subject.ts";

export type Row = { cases: number; refusedByJs: number; refusedByPython: number; disagreements: number; misses: number };
/** A case in which a verifier said something else than was wanted, or both something different. */
export type Miss = { readonly found: Case; readonly js: Answer; readonly python: Answer };
export type Tally = {
  readonly rows: Map<string, Row>;
  readonly misses: Miss[];
  /** Refused by both, but for other checks: kind and the names, with how often. */
  readonly otherFindings: Map<string, number>;
  bytes: number;
};
export type Wanted = {
  /** Number of flips, spread evenly over all bits; "all" for every one. */
  readonly flips: number | "all"; readonly structural: number; readonly clean: number;
  /** Flips of a sealed PDF that carries a bundle, spread evenly. */
  readonly pdf: number;
  /** Bundles with one value changed and everything signed anew by all keys: the verifiers must agree. */
  readonly forged: number; readonly seed: number;
  /** A bundle to flip in place of a synthetic one. */
  readonly bundle?: { readonly bytes: Buffer; readonly trust: string };
};

/** As many cases go to Python ahead of the answers, so that both processors work. */
const ahead = 24;
/** Structural tamperings made of one bundle before the next is made. */
const perSubject = 500;

async function judged(bytes: Buffer, trust: string): Promise<Answer> {
  try {
    return await verifyFile(bytes, { trust });
  } catch (error) {
    return { verified: false, checks: [], fingerprint: "", fault: error instanceof Error ? (error.stack ?? error.message) : String(error) };
  }
}

const failing = (answer: Answer): string => answer.checks.filter((check) => !check.holds).map((check) => check.name).join(" ") || "none";

function count(tally: Tally, found: Case, js: Answer, python: Answer): void {
  const row = tally.rows.get(found.kind) ?? { cases: 0, refusedByJs: 0, refusedByPython: 0, disagreements: 0, misses: 0 };
  tally.rows.set(found.kind, row);
  row.cases += 1;
  row.refusedByJs += js.verified ? 0 : 1;
  row.refusedByPython += python.verified ? 0 : 1;
  const differ = js.verified !== python.verified;
  row.disagreements += differ ? 1 : 0;
  const unwanted = found.wanted !== "either" && (js.verified || python.verified) !== (found.wanted === "verified");
  if (differ || unwanted || js.fault !== undefined || python.fault !== undefined) {
    row.misses += 1;
    tally.misses.push({ found, js, python });
  } else if (failing(js) !== failing(python)) {
    const name = `${found.kind} (${found.by}): JavaScript ${failing(js)}; Python ${failing(python)}`;
    tally.otherFindings.set(name, (tally.otherFindings.get(name) ?? 0) + 1);
  }
}

async function* cases(wanted: Wanted): AsyncGenerator<Case> {
  const flips = wanted.bundle ?? subjectBytes();
  const bits = flips.bytes.length * 8;
  const number = wanted.flips === "all" ? bits : Math.min(wanted.flips, bits);
  for (let i = 0; i < number; i += 1) yield flipped(flips.bytes, Math.floor((i * bits) / number), flips.trust);
  if (wanted.pdf > 0) yield* pdfCases(wanted.pdf);
  const chance = chanceOf(wanted.seed);
  // Both forms in turn: a bundle of EBRBUNDLE/1 is read as long as there is one.
  let subjects = [newSubject(true), newSubject(false)] as const;
  for (let i = 0; i < wanted.structural; i += 1) {
    if (i % perSubject === perSubject - 1) subjects = [newSubject(true), newSubject(false)];
    yield structural(subjects[i % 3 === 2 ? 1 : 0], chance);
  }
  for (let i = 0; i < wanted.forged; i += 1) {
    if (i % perSubject === perSubject - 1) subjects = [newSubject(true), newSubject(false)];
    yield forgedThroughout(subjects[i % 3 === 2 ? 1 : 0], chance);
  }
  for (let i = 0; i < wanted.clean; i += 1) {
    const made = synthetic({ passkey: i % 50 === 49 ? "RS256" : i % 2 === 0 ? "ES256" : "EdDSA", readings: 1 + chance.below(8), full: i % 4 !== 3 });
    yield { kind: "clean", by: "as it is", bytes: Buffer.from(made.text), trust: fingerprintOf(made.content.keys), wanted: "verified" };
  }
}

/** A sealed PDF as it is, and with single bits flipped. */
async function* pdfCases(number: number): AsyncGenerator<Case> {
  const made = synthetic();
  const key = await sealKey(made.facts.exportedAt);
  const keys = [...made.content.keys, key.row].sort((a, b) => (a.id < b.id ? -1 : 1));
  const [bytes, trust] = [Buffer.from(await sealedPdf(made.sealed({ ...made.content, keys }), key)), fingerprintOf(keys)];
  yield { kind: "clean PDF", by: "as it is", bytes, trust, wanted: "verified" };
  const bits = bytes.length * 8;
  for (let i = 0; i < number; i += 1) yield { ...flipped(bytes, Math.floor((i * bits) / number), trust), kind: "flip one bit of a sealed PDF" };
}

function subjectBytes(): { readonly bytes: Buffer; readonly trust: string } {
  const made = synthetic({ full: true });
  return { bytes: Buffer.from(made.text), trust: fingerprintOf(made.content.keys) };
}

/** Puts every case to both verifiers and counts. `progress` hears the number of cases done. */
export async function attack(wanted: Wanted, python: PythonVerifier, progress: (done: number) => void = () => undefined): Promise<Tally> {
  const tally: Tally = { rows: new Map(), misses: [], otherFindings: new Map(), bytes: 0 };
  const open: Promise<void>[] = [];
  let done = 0;
  for await (const found of cases(wanted)) {
    const answer = python.ask(found.bytes, found.trust);
    if (done === 0) tally.bytes = found.bytes.length;
    // Lets what was written reach Python before this thread is busy.
    await new Promise((resolve) => setImmediate(resolve));
    const js = await judged(found.bytes, found.trust);
    open.push(answer.then((said) => count(tally, found, js, said)));
    done += 1;
    if (open.length > ahead) await open.shift();
    if (done % 5_000 === 0) progress(done);
  }
  await Promise.all(open);
  return tally;
}

/** Lines of the tally, one for each kind, and their sum. */
export function tallyLines({ rows }: Tally): readonly string[] {
  const line = (name: string, row: Row) => `${name.padEnd(72)} ${[row.cases, row.refusedByJs, row.refusedByPython, row.disagreements, row.misses].map((n) => String(n).padStart(9)).join("")}`;
  const sum: Row = { cases: 0, refusedByJs: 0, refusedByPython: 0, disagreements: 0, misses: 0 };
  for (const row of rows.values()) for (const name of Object.keys(sum) as (keyof Row)[]) sum[name] += row[name];
  const head = `${"kind".padEnd(72)} ${["cases", "JS", "Python", "disagree", "misses"].map((n) => n.padStart(9)).join("")}`;
  return [head, ...[...rows].sort(([a], [b]) => (a < b ? -1 : 1)).map(([name, row]) => line(name, row)), line("all", sum)];
}

/** Name of a file for a case that slipped through. */
export const missName = ({ found }: Miss): string => `${found.kind.replaceAll(/[^a-z0-9]+/gi, "-")}-${createHash("sha256").update(found.bytes).digest("hex").slice(0, 12)}`;
