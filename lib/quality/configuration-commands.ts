import { and, eq } from "drizzle-orm";
import { exceptionConfigurations } from "#db/schema/quality.ts";
import type { SiteTx } from "#db/scope.ts";
import { enterprise, type Granted } from "#lib/access/actor.ts";
import { writeAudit, type AuditActor } from "#lib/audit/commands.ts";
import { accept, BrokenPromise, refuse, type Result } from "#lib/result.ts";
import { configurationChanges, configurationText, exceptionTypeName, shippedConfiguration, underSigned, type ExceptionConfiguration } from "./configuration.ts";
import { configurationId, readConfigurations, readConfigurationVersion, type ConfigurationRow } from "./configuration-queries.ts";
import { configurationRefusalSentence, planConfiguration, type ConfigurationRefusal, type ConfigurationState } from "./configuration-state.ts";

type Stamp = { readonly now: Date; readonly newId: () => string };
type Move = { readonly command: string; readonly from: ConfigurationState | ""; readonly to: ConfigurationState; readonly reason: string };

export type ProposalRefusal =
  | ConfigurationRefusal | { readonly reason: "nothing-changed" } | { readonly reason: "draft-open"; readonly version: number } | { readonly reason: "changed-meanwhile"; readonly version: number }
  | { readonly reason: "under-signed"; readonly types: readonly string[] };

/** What a refusal of a draft says to the person. */
export function proposalSentence(refusal: ProposalRefusal): string {
  switch (refusal.reason) {
    case "nothing-changed": return "Nothing differs from the version in force. Change something, then propose it.";
    case "draft-open": return `Version ${refusal.version} waits for its approval. Approve or withdraw it before a further one is proposed.`;
    case "changed-meanwhile": return `Version ${refusal.version} came into force after you had opened this form. Open it again: it begins with what is in force now.`;
    case "under-signed": return `Major and critical exceptions are closed by quality. Ask for its signature, or choose minor: ${refusal.types.join(", ")}.`;
    default: return configurationRefusalSentence(refusal);
  }
}

const moved = (tx: SiteTx, row: Pick<ConfigurationRow, "version" | "digest">, { reason, ...move }: Move, actor: AuditActor, { now, newId }: Stamp) => writeAudit(tx, {
  event: "exception.configuration-moved", detail: { ...move, digest: row.digest }, siteId: enterprise, subject: { type: "exception-configuration", id: configurationId(row.version) }, actor, reason,
}, now, newId);

const personOf = (by: Granted<"exception.configure">): AuditActor => ({ id: by.actor.id, name: by.actor.printedName, role: by.role });
export const shippedReason = "Shipped with the program";

/** Puts the configuration that comes with the program in force as version 1, with its audit entry, where an installation has none. Returns whether it did. */
export async function installConfiguration(tx: SiteTx, stamp: Stamp): Promise<boolean> {
  const { text, digest } = configurationText(shippedConfiguration);
  const [stored] = await tx.insert(exceptionConfigurations).values({ version: 1, state: "effective", canonical: text, digest, reason: shippedReason, proposedAt: stamp.now, effectiveAt: stamp.now }).onConflictDoNothing().returning({ version: exceptionConfigurations.version });
  if (!stored) return false;
  await moved(tx, { version: 1, digest }, { command: "install", from: "", to: "effective", reason: shippedReason }, { id: "programme:installation", name: "installation", role: "programme" }, stamp);
  return true;
}

export type Proposal = { readonly configuration: ExceptionConfiguration; /** Version the form began with. */ readonly basedOn: number; readonly reason: string };

/** Writes a further version as a draft that weighs nothing yet. Refused while another draft waits, when what is in force changed meanwhile, and when nothing differs. */
export async function proposeConfiguration(tx: SiteTx, by: Granted<"exception.configure">, { configuration, basedOn, reason }: Proposal, stamp: Stamp): Promise<Result<number, ProposalRefusal>> {
  const files = await readConfigurations(tx, true);
  const open = files.find(({ row }) => row.state === "proposed");
  if (open) return refuse({ reason: "draft-open", version: open.row.version });
  const inForce = files.find(({ row }) => row.state === "effective");
  if (!inForce) throw new BrokenPromise("no-exception-configuration", "a version is proposed against the one in force, and there is none");
  if (inForce.row.version !== basedOn) return refuse({ reason: "changed-meanwhile", version: inForce.row.version });
  if (configurationChanges(inForce.configuration, configuration).length === 0) return refuse({ reason: "nothing-changed" });
  const low = underSigned(configuration);
  if (low.length > 0) return refuse({ reason: "under-signed", types: low.map((type) => exceptionTypeName[type]) });
  const version = Math.max(...files.map(({ row }) => row.version)) + 1;
  const { text, digest } = configurationText(configuration);
  const [stored] = await tx.insert(exceptionConfigurations).values({ version, state: "proposed", canonical: text, digest, reason, proposedBy: by.actor.id, proposedAt: stamp.now }).onConflictDoNothing().returning({ version: exceptionConfigurations.version });
  if (!stored) return refuse({ reason: "draft-open", version });
  await moved(tx, { version, digest }, { command: "propose", from: "", to: "proposed", reason }, personOf(by), stamp);
  return accept(version);
}

/** Takes a draft back for good; its author does. It stays readable. */
export async function withdrawConfiguration(tx: SiteTx, by: Granted<"exception.configure">, { version, reason }: { readonly version: number; readonly reason: string }, stamp: Stamp): Promise<Result<void, ConfigurationRefusal>> {
  const { row } = await readConfigurationVersion(tx, version, true);
  const plan = planConfiguration(row, { command: "withdraw", by: by.actor.id });
  if (!plan.ok) return plan;
  await tx.update(exceptionConfigurations).set({ state: plan.value }).where(and(eq(exceptionConfigurations.version, version), eq(exceptionConfigurations.state, row.state)));
  await moved(tx, row, { command: "withdraw", from: row.state, to: plan.value, reason }, personOf(by), stamp);
  return accept(undefined);
}

/** Puts an approved draft in force and supersedes the one before it, in the transaction of the approval. The approval's own audit entry is the caller's. */
export async function putInForce(tx: SiteTx, draft: ConfigurationRow, actor: AuditActor, reason: string, stamp: Stamp): Promise<void> {
  const before = await tx.update(exceptionConfigurations).set({ state: "superseded" }).where(eq(exceptionConfigurations.state, "effective")).returning();
  const changed = await tx.update(exceptionConfigurations).set({ state: "effective", approvedBy: actor.id, effectiveAt: stamp.now })
    .where(and(eq(exceptionConfigurations.version, draft.version), eq(exceptionConfigurations.state, "proposed"), eq(exceptionConfigurations.digest, draft.digest))).returning({ version: exceptionConfigurations.version });
  if (changed.length !== 1) throw new BrokenPromise("configuration-moved", `${configurationId(draft.version)} changed under its lock`);
  for (const row of before) await moved(tx, row, { command: "supersede", from: "effective", to: "superseded", reason }, actor, stamp);
}
