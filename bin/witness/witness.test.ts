import { spawn, type ChildProcess } from "node:child_process";
import { generateKeyPairSync, sign, type KeyObject } from "node:crypto";
import { once } from "node:events";
import { appendFileSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { nativeCrypto, nativeSha256, tree } from "#lib/ledger/native.ts";
import { checkpointText, signatureLine, signatureType, toBase64, writeNote, type NoteKey } from "#lib/ledger/note.ts";
import { consistencyRanges } from "#lib/ledger/tree.ts";
import { readVerifierKey, writeVerifierKey } from "#lib/ledger/verifier-key.ts";
import { submitCheckpoint, submitHead, submitRefusalSentence, type WitnessTrust } from "#lib/ledger/witness-client.ts";
import { writeRequest } from "#lib/ledger/witness.ts";

const root = resolve(import.meta.dirname, "../..");
type Signer = NoteKey & { readonly privateKey: KeyObject };
function signer(name: string): Signer {
  const { privateKey, publicKey } = generateKeyPairSync("ed25519");
  return { name, privateKey, publicKey: Buffer.from(publicKey.export({ format: "jwk" }).x ?? "", "base64url") };
}
const basel = signer("veribatch-test/basel");
const ghent = signer("veribatch-test/ghent");

const leavesOf = (size: number, history = "honest"): readonly Uint8Array[] => Array.from({ length: size }, (_, n) => tree.leafHash(Buffer.from(`${history} ${n}`)));
function request(log: Signer, leaves: readonly Uint8Array[], oldSize: number) {
  const text = checkpointText({ origin: log.name, size: leaves.length, root: tree.rootOf(leaves) });
  const note = writeNote(text, [signatureLine(log, signatureType.note, sign(null, Buffer.from(text), log.privateKey), nativeSha256)]);
  const ranges = oldSize > 0 && oldSize <= leaves.length ? consistencyRanges(oldSize, { from: 0, to: leaves.length }) : [];
  return { oldSize, note, proof: ranges.map(({ from, to }) => tree.rootOf(leaves.slice(from, to))) };
}

let directory: string;
let running: ChildProcess | undefined;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "veribatch-witness-"));
  const lineOf = (log: NoteKey) => writeVerifierKey({ ...log, kind: "note" }, nativeSha256);
  writeFileSync(join(directory, "logs.json"), JSON.stringify({ logs: [basel, ghent].map((log) => ({ origin: log.name, keys: [lineOf(log)] })) }));
});
afterEach(async () => {
  await kill("SIGKILL");
  rmSync(directory, { recursive: true, force: true });
});

async function kill(signal: NodeJS.Signals): Promise<void> {
  const child = running;
  running = undefined;
  if (!child || child.exitCode !== null || child.signalCode !== null) return;
  child.kill(signal);
  await once(child, "exit");
}

type Started = { readonly url: string; readonly trust: WitnessTrust; readonly said: string };
function program(arguments_: readonly string[] = [], env: Readonly<Record<string, string>> = {}): ChildProcess {
  return spawn(process.execPath, ["bin/run.mjs", "witness", ...arguments_], { cwd: root, env: { ...process.env, WITNESS_DIR: directory, WITNESS_PORT: "0", WITNESS_HOST: "127.0.0.1", ...env }, stdio: ["ignore", "pipe", "pipe"] });
}
async function saidBy(child: ChildProcess): Promise<{ code: number | null; out: string; err: string }> {
  const [out, err] = ["", ""].map(() => [] as string[]);
  child.stdout?.on("data", (chunk: Buffer) => out?.push(chunk.toString()));
  child.stderr?.on("data", (chunk: Buffer) => err?.push(chunk.toString()));
  const [code] = (await once(child, "close")) as [number | null];
  return { code, out: out?.join("") ?? "", err: err?.join("") ?? "" };
}

/** Starts the real program and waits until it names its port and its key. */
async function start(env: Readonly<Record<string, string>> = {}): Promise<Started> {
  const child = program([], env);
  running = child;
  let said = "";
  child.stderr?.on("data", (chunk: Buffer) => { said += chunk.toString(); });
  const port = await new Promise<string>((settle, fail) => {
    child.once("exit", (code) => fail(new Error(`the witness ended with ${code}: ${said}`)));
    child.stdout?.on("data", (chunk: Buffer) => {
      said += chunk.toString();
      const found = /port (\d+)[^]*\n(\S+\+[0-9a-f]{8}\+\S+)\n/.exec(said);
      if (found?.[1]) settle(found[1]);
    });
  });
  const line = said.split("\n").find((l) => /^\S+\+[0-9a-f]{8}\+/.test(l)) ?? "";
  const key = readVerifierKey(line, nativeSha256);
  if (key?.kind !== "cosignature") throw new Error(`no key of a witness: ${line}`);
  return { url: `http://127.0.0.1:${port}`, trust: { keys: [key], crypto: nativeCrypto }, said };
}
type Heads = { witness: string; heads: { origin: string; size: number | null; root: string | null; seenAt: string | null; note: string | null }[] };
const headsAt = async (url: string): Promise<Heads> => (await fetch(`${url}/heads`)).json() as Promise<Heads>;
const sizeAt = async (url: string, log = basel): Promise<number | null | undefined> => (await headsAt(url)).heads.find((head) => head.origin === log.name)?.size;

describe("the witness program", () => {
  it("REQ-1 co-signs an honest log, head after head, and shows people what it knows", async () => {
    const { url, trust } = await start({ WITNESS_NAME: "witness.example.org/1" });
    const before = Math.floor(Date.now() / 1000);
    for (const [old, size] of [[0, 3], [3, 8], [8, 21]] as const) {
      const answer = await submitCheckpoint(url, request(basel, leavesOf(size), old), trust);
      if (!answer.ok) throw new Error(submitRefusalSentence(answer.refusal));
      expect(answer.value.map((l) => l.witness)).toEqual(["witness.example.org/1"]);
      expect(answer.value[0]?.time).toBeGreaterThanOrEqual(before);
    }
    const { witness, heads } = await headsAt(url);
    expect(readVerifierKey(witness, nativeSha256)).toMatchObject({ name: "witness.example.org/1", kind: "cosignature" });
    expect(heads).toEqual([
      { origin: basel.name, size: 21, root: toBase64(tree.rootOf(leavesOf(21))), seenAt: expect.stringMatching(/Z$/), note: expect.stringContaining("— witness.example.org/1 ") },
      { origin: ghent.name, size: null, root: null, seenAt: null, note: null },
    ]);
    const all = await (await fetch(`${url}/heads?origin=${encodeURIComponent(basel.name)}`)).text();
    expect(all.split("----\n").slice(0, -1).map((note) => note.split("\n")[1])).toEqual(["3", "8", "21"]);
  });

  it("REQ-1 keeps its heads and its key over kill -9, also one that came in the middle of a write, and refuses to be rolled back afterwards", async () => {
    const first = await start();
    for (const [old, size] of [[0, 5], [5, 9]] as const) expect((await submitCheckpoint(first.url, request(basel, leavesOf(size), old), first.trust)).ok).toBe(true);
    await kill("SIGKILL");
    const file = join(directory, "heads", readdirSync(join(directory, "heads")).find((name) => name.includes("basel")) ?? "");
    appendFileSync(file, `${basel.name}\n12\nAAAA`); // half a head that nobody got an answer for
    const second = await start();
    expect(second.trust.keys).toEqual(first.trust.keys);
    expect(await sizeAt(second.url)).toBe(9);
    const refusalOf = async (leaves: readonly Uint8Array[], old: number) => {
      const answer = await submitCheckpoint(second.url, request(basel, leaves, old), second.trust);
      return answer.ok ? "accepted" : answer.refusal;
    };
    expect(await refusalOf(leavesOf(5), 5)).toEqual({ reason: "conflict", knownSize: 9 }); // a shorter log
    expect(await refusalOf(leavesOf(7), 0)).toEqual({ reason: "conflict", knownSize: 9 });
    expect(await refusalOf(leavesOf(9, "other"), 9)).toEqual({ reason: "fork", knownSize: 9 }); // another tree of the same size
    expect(await refusalOf(leavesOf(14, "other"), 9)).toMatchObject({ reason: "refused", status: 422 }); // a fork that shows later
    expect(await refusalOf(leavesOf(14), 9)).toBe("accepted");
    await kill("SIGKILL");
    expect(await sizeAt((await start()).url)).toBe(14); // the half head was cut off, not written on to
  });

  it("REQ-1 loses no head it has answered for, whenever it is killed", async () => {
    let answered = 0;
    for (let kills = 0; kills < 6; kills++) {
      const { url, trust } = await start();
      const known = (await sizeAt(url)) ?? 0;
      expect(known).toBeGreaterThanOrEqual(answered);
      const ending = new Promise((done) => setTimeout(done, 20 + kills * 17)).then(() => kill("SIGKILL"));
      for (let size = known; ; ) {
        const answer = await submitCheckpoint(url, request(basel, leavesOf(size + 1), size), trust);
        if (!answer.ok) break;
        answered = ++size;
      }
      await ending;
    }
    expect(answered).toBeGreaterThan(6);
    expect(await sizeAt((await start()).url)).toBeGreaterThanOrEqual(answered);
  });

  it("REQ-1 lets one of many submissions at once win and tells the others where it stands: never two histories, never a step back", async () => {
    const { url, trust } = await start();
    expect((await submitCheckpoint(url, request(basel, leavesOf(4), 0), trust)).ok).toBe(true);
    const forks = Array.from({ length: 24 }, (_, n) => [...leavesOf(4), ...leavesOf(2 + n, `fork ${n}`)]);
    const answers = await Promise.all(forks.map((leaves) => submitCheckpoint(url, request(basel, leaves, 4), trust)));
    const won = answers.findIndex((answer) => answer.ok);
    expect(answers.filter((answer) => answer.ok)).toHaveLength(1);
    for (const answer of answers) if (!answer.ok) expect(answer.refusal).toEqual({ reason: "conflict", knownSize: forks[won]?.length });
    expect(await sizeAt(url)).toBe(forks[won]?.length);
    const [a, b] = await Promise.all([submitCheckpoint(url, request(ghent, leavesOf(6), 0), trust), submitCheckpoint(url, request(ghent, leavesOf(6), 6), trust)]);
    expect(a.ok || b.ok).toBe(true);
  });

  it("REQ-1 is caught up with by a log that does not know how far it is, and tells a log that lost entries", async () => {
    const { url, trust } = await start();
    const submit = (size: number, believed: number, history?: string) => {
      const leaves = leavesOf(size, history);
      return submitHead(url, { note: request(basel, leaves, 0).note, size, proofFrom: async (old) => request(basel, leaves, old).proof }, believed, trust);
    };
    const reasonOf = async (size: number, believed: number, history?: string) => {
      const answer = await submit(size, believed, history);
      return answer.ok ? "co-signed" : answer.refusal;
    };
    expect(await reasonOf(5, 3)).toBe("co-signed"); // it knows nothing yet, whatever the log believes
    expect(await reasonOf(12, 0)).toBe("co-signed");
    expect(await reasonOf(12, 12)).toBe("co-signed");
    expect(await reasonOf(30, 99)).toBe("co-signed");
    expect(await reasonOf(8, 8)).toEqual({ reason: "ahead", knownSize: 30 });
    expect(await reasonOf(30, 0, "other")).toEqual({ reason: "fork", knownSize: 30 });
    expect(await reasonOf(40, 12, "other")).toMatchObject({ reason: "refused", status: 422 });
  });

  it("REQ-1 signs the head it knows again with a new time, and takes no further room for it", async () => {
    const { url, trust } = await start();
    expect((await submitCheckpoint(url, request(basel, leavesOf(4), 0), trust)).ok).toBe(true);
    const file = join(directory, "heads", `${encodeURIComponent(basel.name)}.checkpoints`);
    const { size } = statSync(file);
    for (let n = 0; n < 5; n++) expect((await submitCheckpoint(url, request(basel, leavesOf(4), 4), trust)).ok).toBe(true);
    expect(statSync(file).size).toBe(size);
  });

  it("REQ-1 answers with the codes and types of the specification", async () => {
    const { url, trust } = await start();
    const post = (body: BodyInit) => fetch(`${url}/add-checkpoint`, { method: "POST", body });
    await submitCheckpoint(url, request(basel, leavesOf(4), 0), trust);
    const conflict = await post(writeRequest(request(basel, leavesOf(9), 0)));
    expect([conflict.status, conflict.headers.get("content-type"), await conflict.text()]).toEqual([409, "text/x.tlog.size", "4\n"]);
    expect((await post(writeRequest(request(signer("veribatch-test/unknown"), leavesOf(3), 0)))).status).toBe(404);
    expect((await post(writeRequest(request(signer(basel.name), leavesOf(9), 4)))).status).toBe(403);
    expect((await post(writeRequest({ ...request(basel, leavesOf(9), 4), proof: [] }))).status).toBe(422);
    expect((await post(writeRequest(request(basel, leavesOf(3), 9)))).status).toBe(400);
    for (const body of ["", "old 4\n", new Uint8Array([255, 254]), "x".repeat(100_000)]) expect((await post(body)).status).toBe(400);
    expect((await fetch(`${url}/add-checkpoint`)).status).toBe(405);
    for (const path of ["/", "//", "/heads/%", "/heads?origin=unknown"]) expect((await fetch(`${url}${path}`)).status).toBe(404);
    expect(await sizeAt(url)).toBe(4);
  });

  it("REQ-1 keeps its private key from everybody else, and will not go on with a memory that was altered or another's", async () => {
    const { url, trust } = await start();
    for (const [old, size] of [[0, 5], [5, 9]] as const) await submitCheckpoint(url, request(basel, leavesOf(size), old), trust);
    const second = await saidBy(program());
    expect([second.code, second.err]).toEqual([1, expect.stringMatching(/^A witness \(process \d+\) already uses/)]);
    await kill("SIGTERM");
    const [key] = readdirSync(join(directory, "key"));
    expect(statSync(join(directory, "key", key ?? "")).mode & 0o777).toBe(0o600);
    const file = join(directory, "heads", `${encodeURIComponent(basel.name)}.checkpoints`);
    const kept = readFileSync(file, "utf8");
    const [head1 = "", head2 = ""] = kept.split("----\n");
    const forged = writeNote(checkpointText({ origin: basel.name, size: 9, root: tree.rootOf(leavesOf(9, "other")) }), head2.split("\n\n")[1]?.trimEnd().split("\n") ?? []);
    for (const altered of [`${head1}----\n${forged}----\n`, `${head2}----\n${head1}----\n`, `${head1}----\nnothing----\n`, `${head1.replace("\n5\n", "\n4\n")}----\n`]) {
      writeFileSync(file, altered);
      const { code, err } = await saidBy(program());
      expect([code, err]).toEqual([1, expect.stringContaining("was altered")]);
    }
    writeFileSync(file, kept);
    expect((await saidBy(program([], { WITNESS_NAME: "another.example.org" }))).err).toContain("A name belongs to its key");
    expect(await sizeAt((await start()).url)).toBe(9);
  });

  it("makes the verifier key of a log from the key register, and a list of logs from a bundle; says what is wrong with a list", async () => {
    const made = await saidBy(program(["key", basel.name, toBase64(basel.publicKey)]));
    expect(made).toEqual({ code: 0, err: "", out: `${writeVerifierKey({ ...basel, kind: "note" }, nativeSha256)}\n` });
    const keys = [basel, ghent].map(({ name, publicKey }, n) => ({ id: "0".repeat(16), owner: name, purpose: "ledger", name, algorithm: "Ed25519", publicKey: toBase64(publicKey), validFrom: "2026-01-01T00:00:00.000Z", validTo: n === 0 ? null : "2026-02-01T00:00:00.000Z" }));
    writeFileSync(join(directory, "bundle.json"), JSON.stringify({ format: "EBRBUNDLE/1", content: { keys } }));
    const listed = await saidBy(program(["logs", join(directory, "bundle.json")]));
    expect(JSON.parse(listed.out)).toEqual({ logs: [{ origin: basel.name, keys: [made.out.trim()] }] });
    for (const [list, said] of [["{}", "logs"], ["not json", "cannot be read as JSON"], [JSON.stringify({ logs: [{ origin: "a", keys: ["b"] }] }), "is not the verifier key of a log"]] as const) {
      writeFileSync(join(directory, "logs.json"), list);
      expect(await saidBy(program())).toMatchObject({ code: 1, err: expect.stringContaining(said) });
    }
  });
});

describe("who submits to a witness", () => {
  let server: Server | undefined;
  afterEach(() => server?.close());
  async function answering(status: number, body: string, delayMs = 0): Promise<string> {
    server = createServer((_, response) => void setTimeout(() => response.writeHead(status, { location: "http://127.0.0.1:9/" }).end(body), delayMs)).listen(0, "127.0.0.1");
    await once(server, "listening");
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  }
  const witness = signer("witness.example.org/2");
  const trust: WitnessTrust = { keys: [witness], crypto: nativeCrypto, timeoutMs: 300 };
  const head = request(basel, leavesOf(4), 0);

  it.each([
    ["an answer without a co-signature", 200, "thank you\n", { reason: "answer", said: "thank you" }],
    ["a co-signature by nobody we know", 200, "— witness.example.com/w1 jWbPPwAAAABkGFDLEZMHwSRaJNiIDoe9DYn/zXcrtPHeolMI5OWXEhZCB9dlrDJsX3b2oyin1nPZqhf5nNo0xUe+mbIUBkBIfZ+qnA==\n", { reason: "answer" }],
    ["an empty answer", 200, "", { reason: "answer" }],
    ["a fault of the witness", 500, "broken\nin detail", { reason: "refused", status: 500, said: "broken" }],
    ["a conflict without a size", 409, "no idea\n", { reason: "answer" }],
    ["a conflict", 409, "12\n", { reason: "conflict", knownSize: 12 }],
    ["a fork", 409, "0\n", { reason: "fork", knownSize: 0 }],
    ["a redirect", 302, "", { reason: "unreachable" }],
    ["an endless answer", 200, "x".repeat(70_000), { reason: "unreachable", said: "its answer is too long" }],
  ])("hears of %s as a value", async (_what, status, body, refusal) => {
    expect(await submitCheckpoint(await answering(status, body), head, trust)).toMatchObject({ ok: false, refusal });
  });

  it("hears within its time that nobody answers, with a sentence and without a throw", async () => {
    const begun = Date.now();
    for (const url of [await answering(200, "", 5_000), "http://127.0.0.1:1", "http://no-such-host.invalid", "no address"]) {
      const answer = await submitCheckpoint(url, head, trust);
      expect(answer).toMatchObject({ ok: false, refusal: { reason: "unreachable", said: expect.stringMatching(/./) } });
      if (!answer.ok) expect(submitRefusalSentence(answer.refusal)).toMatch(/^The witness could not be reached: .+\. The head is submitted again/);
    }
    expect(Date.now() - begun).toBeLessThan(4_000);
    server?.closeAllConnections();
  });
});
