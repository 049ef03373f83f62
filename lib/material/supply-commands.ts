import { eq } from "drizzle-orm";
import { materials, suppliers } from "#db/schema/material.ts";
import { products } from "#db/schema/recipe.ts";
import type { SiteTx } from "#db/scope.ts";
import { NotFound, type Granted } from "#lib/access/actor.ts";
import { writeAudit } from "#lib/audit/commands.ts";
import type { AuditEvent, AuditSubject } from "#lib/audit/event.ts";
import { accept, refuse, type Result } from "#lib/result.ts";
import type { StockRefusal } from "./stock.ts";
import { advanceSupplier, codeFault, unitFault, type SupplierCommand } from "./supply.ts";

type Stamp = { readonly now: Date; readonly newId: () => string };
type By = Granted<"material.manage">;
type Outcome = Result<string, StockRefusal>;
export type NewMaterial = Pick<typeof materials.$inferInsert, "id" | "name" | "kind" | "unit" | "storage"> & { readonly reason: string };
export type NewSupplier = { readonly id: string; readonly name: string; readonly reason: string };

const told = (tx: SiteTx, by: By, event: AuditEvent, subject: AuditSubject, reason: string, { now, newId }: Stamp) =>
  writeAudit(tx, { ...event, siteId: "enterprise", subject, actor: { id: by.actor.id, name: by.actor.printedName, role: by.role }, reason }, now, newId);
const known = (what: string): Outcome => refuse({ reason: "known", sentence: `${what} is there already. Choose another code.` });

/** Adds a material of the enterprise; from then on deliveries of it can be received at every site. Returns its code. */
export async function addMaterial(tx: SiteTx, by: By, { reason, ...material }: NewMaterial, stamp: Stamp): Promise<Outcome> {
  const fault = codeFault(material.id, "RM-0417") ?? unitFault(material.unit);
  if (fault) return refuse({ reason: "known", sentence: fault });
  const [product] = await tx.select({ id: products.id }).from(products).where(eq(products.id, material.id));
  if (product) return refuse({ reason: "known", sentence: `${material.id} is a product: its batches are its lots, and a master may ask for it as it is.` });
  const [made] = await tx.insert(materials).values(material).onConflictDoNothing().returning({ id: materials.id });
  if (!made) return known(`Material ${material.id}`);
  await told(tx, by, { event: "material.added", detail: { name: material.name, unit: material.unit } }, { type: "material", id: material.id }, reason, stamp);
  return accept(material.id);
}

/** Adds a supplier, suspended: approving it is a decision of its own, made when its qualification is on file (ICH Q7 7.11). Returns its code. */
export async function addSupplier(tx: SiteTx, by: By, { id, name, reason }: NewSupplier, stamp: Stamp): Promise<Outcome> {
  const fault = codeFault(id, "SUP-10");
  if (fault) return refuse({ reason: "known", sentence: fault });
  const [made] = await tx.insert(suppliers).values({ id, name, state: "suspended" }).onConflictDoNothing().returning({ id: suppliers.id });
  if (!made) return known(`Supplier ${id}`);
  await told(tx, by, { event: "supplier.added", detail: { name, state: "suspended" } }, { type: "supplier", id }, reason, stamp);
  return accept(id);
}

/** Approves or suspends a supplier; what was delivered before stays as it is. Returns its name. Throws `NotFound`. */
export async function moveSupplier(tx: SiteTx, by: By, { id, command, reason }: { readonly id: string; readonly command: SupplierCommand; readonly reason: string }, stamp: Stamp): Promise<Outcome> {
  const [supplier] = await tx.select().from(suppliers).where(eq(suppliers.id, id)).for("update");
  if (!supplier) throw new NotFound(`supplier ${id}`);
  const next = advanceSupplier(supplier.state, command, supplier.name);
  if (!next.ok) return next;
  await tx.update(suppliers).set({ state: next.value }).where(eq(suppliers.id, id));
  await told(tx, by, { event: "supplier.moved", detail: { from: supplier.state, to: next.value } }, { type: "supplier", id }, reason, stamp);
  return accept(supplier.name);
}
