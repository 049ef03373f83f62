import { hostname } from "node:os";
import { join, resolve } from "node:path";
import type { AddressInfo } from "node:net";
import { readWitnessEnv, type WitnessEnv } from "#lib/env.ts";
import { makeKey, openKeyStore, publicOf, signerOf } from "#lib/ledger/key-store.ts";
import { nativeSha256 } from "#lib/ledger/native.ts";
import { isNoteName } from "#lib/ledger/note.ts";
import { writeVerifierKey } from "#lib/ledger/verifier-key.ts";
import { BrokenPromise } from "#lib/result.ts";
import { StartRefused } from "./portal/refusal.ts";
import { logsFrom, readLogs, verifierKeyOf } from "./witness/logs.ts";
import { lockMemory, openMemory } from "./witness/memory.ts";
import { witnessServer, type WitnessSigner } from "./witness/server.ts";

const usage = `npm run witness                              serves POST /add-checkpoint and GET /heads
npm run witness -- key <name> <public key>   prints the verifier key of a log from the portal's key register
npm run witness -- logs <bundle.json>        prints a list of logs from the key register of an evidence bundle`;

/** The witness' own key, made at the first start, readable by its owner only. */
function ownKey(directory: string, wanted: string | undefined): WitnessSigner {
  const store = openKeyStore(join(directory, "key"));
  const name = wanted ?? hostname();
  if (!isNoteName(name)) throw new StartRefused(`The name "${name}" holds a space or a plus sign. Set WITNESS_NAME to another one, e.g. witness.example.org/1.`);
  for (const id of store.prepared()) store.admit(id); // a kill in the middle of the first start
  if (store.all().length === 0) {
    const made = makeKey({ owner: "witness", purpose: "ledger", name }, new Date());
    store.prepare(made);
    store.admit(made.id);
  }
  const key = store.current("ledger", "witness");
  if (!key) throw new StartRefused(`The directory ${join(directory, "key")} holds no key of a witness. Put the key back, or set WITNESS_DIR to an empty folder.`);
  if (wanted && key.name !== wanted) throw new StartRefused(`The key in ${directory} is that of ${key.name}, not of ${wanted}. A name belongs to its key: unset WITNESS_NAME, or set WITNESS_DIR to an empty folder.`);
  return { name: key.name, publicKey: Buffer.from(publicOf(key), "base64"), sign: signerOf(key) };
}

function serve(env: WitnessEnv): void {
  const directory = resolve(env.WITNESS_DIR);
  const logs = readLogs(env.WITNESS_LOGS ?? join(directory, "logs.json"));
  const unlock = lockMemory(directory);
  const signer = ownKey(directory, env.WITNESS_NAME);
  const memory = openMemory(join(directory, "heads"), [...logs.keys()], signer);
  const broken = (error: unknown) => {
    console.error(`The witness stops: ${error instanceof Error ? error.message : String(error)}. Nothing was co-signed that is not kept.`);
    setTimeout(() => process.exit(1), 100); // the answer under way still leaves
  };
  const server = witnessServer({ logs, memory, signer, now: () => new Date(), broken });
  server.once("error", (error) => {
    unlock();
    console.error(`The witness cannot listen on port ${env.WITNESS_PORT}: ${error.message}. Set WITNESS_PORT to a free one.`);
    process.exit(1);
  });
  server.listen(env.WITNESS_PORT, env.WITNESS_HOST, () => {
    const { port } = server.address() as AddressInfo;
    console.log(`Witness ${signer.name} listens on port ${port} and knows ${logs.size} logs. Its verifier key:\n${writeVerifierKey({ ...signer, kind: "cosignature" }, nativeSha256)}`);
    for (const origin of logs.keys()) console.log(`  ${origin}: ${memory.last(origin)?.head.size ?? "nothing seen yet"}`);
  });
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => {
    server.close(() => { unlock(); process.exit(0); });
    server.closeIdleConnections();
    setTimeout(() => { unlock(); process.exit(0); }, 2_000).unref();
  });
}

function run([command, ...rest]: readonly string[]): void {
  const [first, second] = rest;
  if (command === undefined) return serve(readWitnessEnv());
  if (command === "key" && first && second && rest.length === 2) return console.log(verifierKeyOf(first, second));
  if (command === "logs" && first && rest.length === 1) return console.log(JSON.stringify(logsFrom(first), null, 2));
  throw new StartRefused(usage);
}

try {
  run(process.argv.slice(2));
} catch (error) {
  if (!(error instanceof StartRefused) && !(error instanceof BrokenPromise)) throw error;
  console.error(error.message);
  process.exit(1);
}
