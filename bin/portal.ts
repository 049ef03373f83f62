import type { ChildProcess } from "node:child_process";
import { randomBytes, randomUUID } from "node:crypto";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { eq } from "drizzle-orm";
import { openDatabase, providePortalDatabase, type Database } from "#db/client.ts";
import { auditEntries } from "#db/schema/audit.ts";
import { withProgramme } from "#db/scope.ts";
import { sourceIdOf, unitSeeds } from "#db/seed/organisation.ts";
import { plantStory } from "#db/seed/story.ts";
import { demoPeople, publicUrl, readEnv, type Env } from "#lib/env.ts";
import { provideInstallation, type Installation } from "#lib/installation.ts";
import { sourceDigest } from "#lib/compliance/source-tree.ts";
import { jwkOf, type KeyStore } from "#lib/ledger/key-store.ts";
import { makeSealKey } from "#lib/document/seal-key.ts";
import { readCard } from "#lib/prediction/artefact.ts";
import { registerModel } from "#lib/prediction/commands.ts";
import { installConfiguration } from "#lib/quality/configuration-commands.ts";
import { BrokenPromise } from "#lib/result.ts";
import { demoIssuer } from "#lib/access/sign-in-commands.ts";
import { composeSourceKey } from "#lib/telemetry/source-key.ts";
import { keepRunning } from "./portal/child.ts";
import { ensureBuild } from "./portal/build.ts";
import { startAlarms } from "./portal/alarms.ts";
import { startExports } from "./portal/exports.ts";
import { listenToBus } from "./portal/bus.ts";
import { openDatabases, type Databases } from "./portal/databases.ts";
import { demoIdentity } from "./portal/demo-identity.ts";
import { demoPassword, demoPeople as people } from "./portal/demo-people.ts";
import { openFrontDoor } from "./portal/front-door.ts";
import { healthOf } from "./portal/health.ts";
import { assertIssuer, identityOf } from "./portal/identity.ts";
import { openKeys, settleKeys } from "./portal/keys.ts";
import { LiveHub } from "./portal/live-hub.ts";
import { lockDataDirectory } from "./portal/lock.ts";
import { StartRefused } from "./portal/refusal.ts";
import { buildVerifier } from "./verify/build.ts";
import { keepSecrets, readSecrets, type Secrets } from "./portal/secrets.ts";

const root = fileURLToPath(new URL("..", import.meta.url)).replace(/\/$/, "");
const say = (line: string) => console.log(line);

/** What has to be put down again, last first. */
const closing: (() => Promise<void> | void)[] = [];
let stopping = false;

async function stop(code: number): Promise<never> {
  if (!stopping) {
    stopping = true;
    setTimeout(() => process.exit(code || 1), 20_000).unref();
    for (const close of closing.reverse()) await Promise.resolve(close()).catch(() => {});
  }
  process.exit(code);
}

async function preparePages(dev: boolean, port: number, portReady: Promise<unknown>) {
  const unwanted = new AbortController();
  closing.push(() => unwanted.abort());
  await buildVerifier(root);
  if (!dev) await ensureBuild(root, say, unwanted.signal);
  await portReady;
  const { default: next } = await import("next");
  const app = next({ dev, dir: root, port, hostname: "localhost", quiet: !dev });
  await app.prepare();
  return app.getRequestHandler();
}

type PlantStart = { readonly env: Env; readonly databases: Databases; readonly secrets: Secrets; readonly simulate: boolean; readonly speedSince: Date };

/** The plant runs as its own process, as it would on the plant's side; it is started again when it dies. */
function startPlant({ env, databases, secrets, simulate, speedSince }: PlantStart): () => ChildProcess {
  const plant = keepRunning({
    root, program: "plant", args: simulate ? ["--simulate"] : [], env: { PLANT_DATABASE_URL: databases.plant, PORT: String(env.PORT) },
    handover: { sourceKeys: simulate ? secrets.sourceKeys : {}, speed: env.PLANT_SPEED, speedSince },
  });
  closing.push(plant.stop);
  return plant.current;
}

/** The ledger is a process of its own too: positions, signed heads, co-signatures and the integrity check never wait for a page. */
function startLedger(env: Env, databases: Databases, places: { readonly keyDirectory: string; readonly witnessDirectory: string }): () => ChildProcess {
  const ledger = keepRunning({ root, program: "ledger", handover: { databaseUrl: databases.sequencer, ...places, ...(env.WITNESS_URL ? { witness: { url: env.WITNESS_URL, key: env.WITNESS_KEY ?? "" } } : {}) } });
  closing.push(ledger.stop);
  return ledger.current;
}

/** The past of the story comes in behind the ready portal, in a process of its own that ends when all of it is there, or when it has told the trail why it cannot go on. */
function startHistory(env: Env, databases: Databases, keys: KeyStore, endsAt: Date): void {
  if (env.DEMO_HISTORY === "off") return;
  const left = () => console.error("The loading of past batches died again and again and is left until the next start.");
  closing.push(keepRunning({ root, program: "history", restarts: [2_000, 5_000, 15_000, 60_000], left, handover: { databaseUrl: databases.owner, signingKey: currentAttestation(keys), endsAt } }).stop);
}

/** Keys of the simulated sources; kept before the story is planted with their digests, so that a kill in between loses none. */
function sourceKeysOf(dataDirectory: string, secrets: Secrets): Readonly<Record<string, string>> {
  const missing = unitSeeds.filter((unit) => !secrets.sourceKeys[sourceIdOf(unit.id)]);
  for (const unit of missing) secrets.sourceKeys[sourceIdOf(unit.id)] = composeSourceKey(unit.siteId, sourceIdOf(unit.id), randomBytes(32));
  if (missing.length > 0) keepSecrets(dataDirectory, secrets);
  return secrets.sourceKeys;
}

/** What comes with this version: the model, known to the database by its hash and card, and the configuration of exceptions where there is none yet. */
async function installShipped(ownerUrl: string): Promise<void> {
  const card = await readCard(root);
  const owner = openDatabase(ownerUrl, 1);
  await withProgramme(owner, "installation", ["enterprise"], (tx) => registerModel(tx, card, new Date()), { reason: "model that comes with this version" });
  await withProgramme(owner, "installation", ["enterprise"], (tx) => installConfiguration(tx, { now: new Date(), newId: randomUUID }), { reason: "configuration of exceptions that comes with this version" });
  await owner.$client.end();
}

function currentAttestation(keys: KeyStore) {
  const key = keys.current("attestation", "enterprise");
  if (!key) throw new StartRefused("The key directory holds no key that attests signatures. Put it back, then start again.");
  return jwkOf(key);
}

/** When the story was planted: from then on the simulated process runs at its own speed. */
async function storyBegan(database: Database): Promise<Date> {
  const [entry] = await withProgramme(database, "story", ["enterprise"], (tx) => tx.select({ at: auditEntries.at }).from(auditEntries).where(eq(auditEntries.event, "story.planted")).limit(1));
  return entry?.at ?? new Date();
}

function announce(env: Env, url: string, demo: boolean): void {
  say(`\nVeribatch is ready at ${url}\n`);
  if (!demo) return;
  const width = Math.max(...people.map((p) => p.userName.length));
  say(`People of the demo identity provider, password ${demoPassword}:`);
  for (const person of people) say(`  ${person.userName.padEnd(width)}  ${person.name}, ${person.does}`);
  say("\nCtrl-C stops everything. What was recorded stays in " + resolve(env.DATA_DIR) + ".\n");
}

async function start(): Promise<void> {
  const dev = process.argv.includes("--dev");
  const env = readEnv();
  const startedAt = Date.now();
  const version = { root, source: sourceDigest(root) };
  const demo = demoPeople(env);
  Object.assign(process.env, { NODE_ENV: dev ? "development" : "production", NEXT_TELEMETRY_DISABLED: "1" });
  const door = await openFrontDoor(env.PORT, demo ? "127.0.0.1" : env.HOST);
  closing.push(() => void (door.server.closeAllConnections(), door.server.close()));
  const dataDirectory = resolve(env.DATA_DIR);
  closing.push(lockDataDirectory(dataDirectory));
  const secrets = await readSecrets(dataDirectory);
  const url = publicUrl(env);
  if (env.WITNESS_URL && !env.WITNESS_KEY) throw new StartRefused("WITNESS_URL needs WITNESS_KEY, the verifier key that the witness prints at its start. Set both, then start again.");
  const oidc = identityOf(env, url, secrets);
  if (!oidc.demo) await assertIssuer(oidc.issuer);
  say(`Starting Veribatch on ${url} …`);

  const databasesReady = openDatabases(env, dataDirectory, secrets);
  const pagesReady = preparePages(dev, env.PORT, databasesReady);
  pagesReady.catch(() => {}); // awaited below; a failing database is reported first
  const databases = await databasesReady;
  closing.push(databases.stop);
  void databases.exited.then(() => stopping || (console.error("The embedded database has stopped. Start the portal again: it recovers by itself."), stop(1)));
  const keyDirectory = env.KEY_DIR ?? join(dataDirectory, "keys");
  const witnessDirectory = env.WITNESS_DIR ?? join(dataDirectory, "witness");
  const keys = openKeys(keyDirectory, secrets.signingKey, new Date());
  if (demo) {
    await plantStory({ ownerUrl: databases.owner, people, issuer: demoIssuer, signingKey: currentAttestation(keys), sourceKeys: sourceKeysOf(dataDirectory, secrets), now: new Date(), say });
  }
  const database = openDatabase(databases.portal, 20);
  closing.push(() => database.$client.end({ timeout: 3 }));
  await installShipped(databases.owner);
  await settleKeys(databases.owner, keys, makeSealKey, { now: new Date(), newId: randomUUID });
  const made: Installation = {
    publicUrl: url, authSecret: env.AUTH_SECRET ?? secrets.authSecret, oidc,
    session: { idleMinutes: env.SESSION_IDLE_MINUTES, hours: env.SESSION_HOURS }, coolOffHours: env.SIGNING_COOL_OFF_HOURS ?? (demo ? 0 : 24), keys, witnessDirectory, get signingKey() { return currentAttestation(keys); }, version,
  };
  Object.assign(process.env, { NEXTAUTH_URL: url, NEXTAUTH_SECRET: made.authSecret });
  provideInstallation(made);
  providePortalDatabase(database);
  const hub = new LiveHub();
  closing.push(() => hub.close());
  await listenToBus(database, hub);
  closing.push(await startExports(database, made), startAlarms(database));
  const identity = demo ? demoIdentity(url, oidc.clientId, secrets.demo) : undefined;
  const pages = await pagesReady;
  const plant = { current: (): ChildProcess | undefined => undefined };
  const ledger = { current: (): ChildProcess | undefined => undefined };
  door.admit({ database, installation: made, hub, identity, pages, health: () => healthOf({ database, hub, oidc, plant: plant.current(), ledger: ledger.current() }) });
  ledger.current = startLedger(env, databases, { keyDirectory, witnessDirectory });
  const began = await storyBegan(database);
  plant.current = startPlant({ env, databases, secrets, simulate: demo, speedSince: began });
  if (demo) startHistory(env, databases, keys, began);
  announce(env, url, demo);
  say(`Ready after ${((Date.now() - startedAt) / 1000).toFixed(1)} s.`);
}

for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => void stop(0));

start().catch(async (error: unknown) => {
  const plain = error instanceof StartRefused || (error instanceof BrokenPromise && error.code === "environment");
  console.error(plain ? error.message : error);
  await stop(1);
});
