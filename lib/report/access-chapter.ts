import { roleName, roles } from "#lib/access/permission.ts";
import { body, contentWidth, fine, plain, quiet, small, strong, type Block, type Column, type Row } from "#lib/document/model.ts";
import { accountFlags, type AccessReview, type ReviewedAccount, type ReviewedSource } from "./access-review.ts";
import { numerals } from "./numeral.ts";
import { printedTime } from "./printed-time.ts";

type Site = { readonly id: string; readonly name: string; readonly zone: string };

const shown = (n: number): string => numerals(String(n));
const roleText = (id: string): string => { const known = roles.find((r) => r === id); return known ? roleName[known] : id; };
const nameOf = (sites: readonly Site[], id: string): string => sites.find((s) => s.id === id)?.name ?? id;
const zoneOf = (sites: readonly Site[], id: string | undefined): string => sites.find((s) => s.id === id)?.zone ?? "UTC";

function accountRow(account: ReviewedAccount, sites: readonly Site[]): Row {
  const zone = zoneOf(sites, account.roles[0]?.siteId);
  const at = (instant: Date | null, never: string) => (instant ? plain(printedTime(instant, zone)) : quiet(never));
  const held = account.roles.map((r) => small(`${roleText(r.role)}, ${nameOf(sites, r.siteId)}`));
  const others = [...(account.elsewhere > 0 ? [fine(`${shown(account.elsewhere)} at sites outside this report`)] : []), ...(account.revoked > 0 ? [fine(`${shown(account.revoked)} ended or revoked`)] : [])];
  return {
    kind: "cells", marked: account.flags.some((flag) => flag !== "privileged"), withNext: false, notes: [],
    cells: [
      [body(strong(account.name)), small(account.userName)], held.length + others.length > 0 ? [...held, ...others] : [small("none")],
      [fine(at(account.lastActiveAt, "never active")), fine(quiet("signed: "), at(account.lastSignedAt, "never")), fine(`passkeys: ${shown(account.passkeys)}`)], account.flags.length === 0 ? [small("–")] : account.flags.map((flag) => body(strong(flag))),
    ],
  };
}

function sourceRow(source: ReviewedSource, sites: readonly Site[]): Row {
  const zone = zoneOf(sites, source.siteId);
  return {
    kind: "cells", marked: source.flags.length > 0, withNext: false, notes: [],
    cells: [
      [body(strong(source.name)), small(source.id)], [body(source.unitId), small(nameOf(sites, source.siteId))],
      [fine(plain(`issued ${printedTime(source.issuedAt, zone)}`)), fine(plain(`${source.revokedAt ? "revoked" : "expires"} ${printedTime(source.revokedAt ?? source.expiresAt, zone)}`)), fine(source.lastSampleAt ? plain(`last sample ${printedTime(source.lastSampleAt, zone)}`) : quiet("no sample yet"))],
      source.flags.length === 0 ? [small("–")] : source.flags.map((flag) => body(strong(flag))),
    ],
  };
}

const accountColumns: readonly Column[] = [{ title: "Account", width: 126, align: "left" }, { title: "Roles now", width: 140, align: "left" }, { title: "Last active", width: contentWidth - 376, align: "left" }, { title: "To look at", width: 110, align: "left" }];
const sourceColumns: readonly Column[] = [{ title: "Source key", width: 126, align: "left" }, { title: "Unit and site", width: 120, align: "left" }, { title: "In force", width: contentWidth - 356, align: "left" }, { title: "To look at", width: 110, align: "left" }];
const programmeColumns: readonly Column[] = [{ title: "Programme", width: 126, align: "left" }, { title: "Entries written at these sites", width: 160, align: "right" }, { title: "Last", width: contentWidth - 286, align: "left" }];

/** Every account, source key and programme that can act, with what stands out about it. */
export function accessChapter({ accounts, sources, programmes }: AccessReview, sites: readonly Site[], now: Date): readonly Block[] {
  const flagged = accountFlags.map((flag) => [flag, accounts.filter((a) => a.flags.includes(flag)).length] as const).filter(([, n]) => n > 0);
  const heading: Block = { kind: "heading", level: "chapter", text: "Access review", note: `as of ${printedTime(now, "UTC")}: all ${shown(accounts.length)} accounts of the installation, ${shown(sources.length)} source keys of these sites` };
  const summary = flagged.length === 0 ? "Nothing stands out." : `Standing out: ${flagged.map(([flag, n]) => `${shown(n)} ${flag}`).join(", ")}.`;
  return [
    heading, { kind: "text", paragraphs: [small(summary)] }, { kind: "table", columns: accountColumns, rows: accounts.map((a) => accountRow(a, sites)), continued: "Access review", resumed: false },
    { kind: "heading", level: "section", text: "Source keys", note: "may send samples of one unit" },
    sources.length === 0 ? { kind: "text", paragraphs: [small("No source is registered at these sites.")] } : { kind: "table", columns: sourceColumns, rows: sources.map((s) => sourceRow(s, sites)), continued: "Source keys", resumed: false },
    { kind: "heading", level: "section", text: "Programmes", note: "act without a person; each under its own name" },
    programmes.length === 0 ? { kind: "text", paragraphs: [small("No programme acted at these sites.")] }
      : { kind: "table", columns: programmeColumns, rows: programmes.map((p): Row => ({ kind: "cells", cells: [[body(strong(p.id))], [body(shown(p.acts))], [fine(plain(printedTime(p.lastAt, "UTC")))]], notes: [], marked: false, withNext: false })), continued: "Programmes", resumed: false },
  ];
}
