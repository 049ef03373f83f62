import { and, desc, eq, inArray, isNull, sql } from "drizzle-orm";
import { people } from "#db/schema/access.ts";
import { exceptionConfigurations, exceptions } from "#db/schema/quality.ts";
import type { SiteTx } from "#db/scope.ts";
import { NotFound } from "#lib/access/actor.ts";
import { BrokenPromise } from "#lib/result.ts";
import { configurationChanges, configurationText, exceptionConfiguration, exceptionTypes, type ConfigurationChange, type ExceptionConfiguration } from "./configuration.ts";
import type { RequiredSignature } from "./exception.ts";

export type ConfigurationRow = typeof exceptionConfigurations.$inferSelect;
export type EffectiveConfiguration = { readonly version: number; readonly configuration: ExceptionConfiguration };
/** A version with its content; `holds`: the stored digest fits the content. */
export type ConfigurationFile = { readonly row: ConfigurationRow; readonly configuration: ExceptionConfiguration; readonly holds: boolean };

/** The id under which a version is signed and named in the trail, and the version such an id names. */
export const configurationId = (version: number): string => `exceptions v${version}`;
export const versionOfId = (id: string): number | undefined => { const found = /^exceptions v(\d{1,6})$/.exec(id)?.[1]; return found === undefined ? undefined : Number(found); };

function fileOf(row: ConfigurationRow): ConfigurationFile {
  const configuration = exceptionConfiguration.parse(JSON.parse(row.canonical));
  const { text, digest } = configurationText(configuration);
  return { row, configuration, holds: text === row.canonical && digest === row.digest };
}

/** All versions, newest first. `lock`: no other transaction moves one before this one ends. */
export async function readConfigurations(tx: SiteTx, lock = false): Promise<readonly ConfigurationFile[]> {
  const rows = tx.select().from(exceptionConfigurations).orderBy(desc(exceptionConfigurations.version));
  return (lock ? await rows.for("update") : await rows).map(fileOf);
}

/** The configuration exceptions are weighed by now. Throws where an installation has none: it is installed with the organisation, and nothing is weighed without one. */
export async function effectiveConfiguration(tx: SiteTx): Promise<EffectiveConfiguration> {
  const [row] = await tx.select().from(exceptionConfigurations).where(eq(exceptionConfigurations.state, "effective")).orderBy(desc(exceptionConfigurations.version)).limit(1);
  if (!row) throw new BrokenPromise("no-exception-configuration", "no configuration of exceptions is in force; npm run configure installs the one that comes with this version");
  return { version: row.version, configuration: exceptionConfiguration.parse(JSON.parse(row.canonical)) };
}

/** Who closes an exception of this type, by the version that weighed it; quality, where no version did. */
export async function signatureFor(tx: SiteTx, type: string, version: number | null): Promise<RequiredSignature> {
  const [row] = version === null ? [] : await tx.select().from(exceptionConfigurations).where(eq(exceptionConfigurations.version, version));
  const known = exceptionTypes.find((one) => one === type);
  return row && known ? fileOf(row).configuration.types[known].signature : "quality";
}

/** A version with the one it is compared with: the one that was in force when it was proposed, or is now. */
export type ConfigurationVersion = ConfigurationFile & { readonly before: ConfigurationFile | undefined; readonly changes: readonly ConfigurationChange[] };

/** Every version with what it changes against the last one before it that was in force; newest first. */
export function comparedVersions(files: readonly ConfigurationFile[]): readonly ConfigurationVersion[] {
  return files.map((file) => {
    const before = files.find(({ row }) => row.version < file.row.version && row.effectiveAt !== null);
    return { ...file, before, changes: before ? configurationChanges(before.configuration, file.configuration) : [] };
  });
}

/** One version, compared. Throws `NotFound`. */
export async function readConfigurationVersion(tx: SiteTx, version: number, lock = false): Promise<ConfigurationVersion> {
  const found = comparedVersions(await readConfigurations(tx, lock)).find(({ row }) => row.version === version);
  if (!found) throw new NotFound(`version ${version} of the configuration of exceptions`);
  return found;
}

/** Exceptions raised with a version, by type, at the sites the transaction sees and that are named. */
export async function raisedWith(tx: SiteTx, version: number, sites: readonly string[]): Promise<ReadonlyMap<string, number>> {
  if (sites.length === 0) return new Map();
  const rows = await tx.select({ type: exceptions.type, n: sql<number>`count(*)::int` }).from(exceptions).where(and(inArray(exceptions.siteId, [...sites]), eq(exceptions.configurationVersion, version))).groupBy(exceptions.type);
  return new Map(rows.map((row) => [row.type, row.n]));
}

/** Exceptions from before versions were kept with them. */
export async function raisedBeforeVersions(tx: SiteTx, sites: readonly string[]): Promise<number> {
  const [row] = sites.length === 0 ? [] : await tx.select({ n: sql<number>`count(*)::int` }).from(exceptions).where(and(inArray(exceptions.siteId, [...sites]), isNull(exceptions.configurationVersion)));
  return row?.n ?? 0;
}

/** Printed names of authors and approvers by id. */
export async function configurationPeople(tx: SiteTx, rows: readonly ConfigurationRow[]): Promise<ReadonlyMap<string, string>> {
  const ids = [...new Set(rows.flatMap((row) => [row.proposedBy, row.approvedBy]).filter((id) => id !== null))];
  const found = ids.length === 0 ? [] : await tx.select({ id: people.id, name: people.printedName }).from(people).where(inArray(people.id, ids));
  return new Map(found.map((row) => [row.id, row.name]));
}
