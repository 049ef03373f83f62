import { randomUUID } from "node:crypto";
import type { AddressInfo } from "node:net";
import { openFrontDoor } from "#bin/portal/front-door.ts";
import { openKeys } from "#bin/portal/keys.ts";
import { LiveHub } from "#bin/portal/live-hub.ts";
import { openDatabase, providePortalDatabase } from "#db/client.ts";
import { withOwnMeans, withProgramme } from "#db/scope.ts";
import { requirePermission, type Actor } from "#lib/access/actor.ts";
import { writeAudit } from "#lib/audit/commands.ts";
import { provideInstallation, type Installation } from "#lib/installation.ts";
import { completeSigning, intentOf, openIntent } from "#lib/release/commands.ts";
import { readBatchFile } from "#lib/release/file-queries.ts";
import { publicHalf } from "#lib/signature/attestation.ts";
import { storyActor } from "#tests/actors.ts";
import { batchIds, signerName, siteId, type Settings } from "./installation.ts";

/**
 * The portal of the crash test: the real front door and the real commands, appending and signing as fast as they go, telling its parent what
 * was acknowledged after it was. It is killed at any moment.
 */
const settings = await new Promise<Settings>((resolve) => process.once("message", (message) => resolve(message as Settings)));
process.once("disconnect", () => process.exit(0));

const database = openDatabase(settings.portalUrl, 8);
providePortalDatabase(database);
const { signingKey } = settings;
const keys = openKeys(`${settings.directory}/keys`, signingKey, new Date());
const door = await openFrontDoor(0, "127.0.0.1");
const { port } = door.server.address() as AddressInfo;
const oidc = { issuer: "urn:crash", clientId: "crash", clientSecret: "", scope: "openid", groupsClaim: "groups", demo: false };
const installation = { publicUrl: `http://localhost:${port}`, authSecret: "crash", oidc, session: { idleMinutes: 30, hours: 10 }, signingKey, keys, witnessDirectory: `${settings.directory}/witness` } as Partial<Installation> as Installation;
provideInstallation(installation);
door.admit({ database, installation, hub: new LiveHub(), identity: undefined, health: async () => ({ ready: true, body: {} }), pages: (_request, response) => void response.writeHead(404).end() });

const tell = (kind: string, id: string) => void process.send?.({ kind, id });
const stamp = () => ({ now: new Date(), newId: randomUUID });

async function append(): Promise<void> {
  const id = await withProgramme(database, "installation", [siteId], (tx) => writeAudit(tx, {
    event: "source.revoked", detail: { unitId: "BR-2001" }, siteId, subject: { type: "source", id: "crash" }, actor: { id: "crash", name: "Crash test", role: "programme" }, reason: "an entry of the crash test",
  }, new Date(), randomUUID), { reason: "an entry of the crash test" });
  tell("entry", id);
}

/** Signs the production review of a batch, or takes it back when it stands. */
async function sign(actor: Actor, batchId: string): Promise<void> {
  const by = requirePermission(actor, "batch.read", siteId);
  const file = await withProgramme(database, "installation", [siteId], (tx) => readBatchFile(tx, siteId, batchId, publicHalf(signingKey)));
  const standing = file.record.batch.state === "prod_reviewed" ? file.signatures.findLast((s) => s.meaning === "production_reviewed") : undefined;
  const input = { siteId, batchId, shownDigest: file.digest, reason: "crash test", comment: "signed by the crash test", ...(standing ? { meaning: "withdrawn" as const, withdraws: standing.ordinal } : { meaning: "production_reviewed" as const }) };
  const opened = await withOwnMeans(actor, (tx) => openIntent(tx, by, input, signingKey, { nonce: randomUUID(), oauthState: "crash", codeVerifier: "crash" }, stamp()), { reason: "crash test" }, by);
  if (!opened.ok) throw new Error(opened.refusal.sentence);
  const intent = opened.value;
  const proof = { subject: actor.subject, nonce: intent.statementDigest, authTime: Math.floor(Date.now() / 1000), evidence: { acr: "crash test" } };
  const signed = await withOwnMeans(actor, async (tx) => {
    const locked = await intentOf(tx, siteId, intent.id, actor.id);
    if (!locked) throw new Error("the intent is gone");
    return completeSigning(tx, by, locked, proof, signingKey, stamp());
  }, { reason: "crash test" }, by);
  if (!signed.ok) throw new Error(signed.refusal.sentence);
  tell("signature", `${batchId}/${signed.value.ordinal}/${signed.value.digest}`);
}

/** The driver's or the database's own code first, where there is one: by it the parent tells a lost connection from a fault. */
function sentenceOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const cause = error.cause instanceof Error ? error.cause : error;
  return `${String((cause as { code?: unknown }).code ?? "no code")} ${cause.message.slice(0, 200)}; ${error.message.slice(0, 200)}`;
}

/** The database may be down for a moment: what failed was not acknowledged and is tried anew. A refusal would be a fault and is told. */
const again = (work: () => Promise<void>) => {
  const turn = () => void work().catch((error: unknown) => tell("failure", sentenceOf(error))).finally(() => setTimeout(turn, 5));
  turn();
};
const actor = await storyActor(database, signerName);
let turn = 0;
for (let i = 0; i < 3; i += 1) again(append);
again(() => sign(actor, batchIds[turn++ % batchIds.length] ?? ""));
process.send?.({ kind: "ready", id: String(port) });
