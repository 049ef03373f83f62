import { body, contentWidth, fine, plain, quiet, small, strong, type Block, type Column, type Row } from "#lib/document/model.ts";
import { numerals } from "./numeral.ts";
import { printedTime } from "./printed-time.ts";

/** A row of the clause matrix as it is printed; made by the words above this one. `state` in words; `lacking`: what is not built yet and the work that brings it. */
export type PrintedClause = {
  readonly number: number; readonly clause: string; readonly title: string; readonly control: string; readonly evidence: readonly string[]; readonly state: "passed" | "failed" | "not run" | "not built yet";
  readonly lacking: string | null; readonly testedAt: Date | null; readonly tests: number; readonly commit: string | null;
};

const columns: readonly Column[] = [{ title: "Row", width: 28, align: "left" }, { title: "Clause", width: 128, align: "left" }, { title: "Control", width: contentWidth - 296, align: "left" }, { title: "Last automated check", width: 140, align: "left" }];

function row(clause: PrintedClause, timeZone: string): Row {
  const tested = clause.testedAt ? [small(printedTime(clause.testedAt, timeZone)), small(`${numerals(String(clause.tests))} tests${clause.commit ? `, version ${clause.commit.slice(0, 12)}` : ""}`)] : [small("no result of a test run is known")];
  return {
    kind: "cells", marked: clause.state === "failed", withNext: false,
    cells: [[body(strong(String(clause.number)))], [body(clause.title), small(clause.clause)], [body(clause.control)], [body(clause.state === "passed" ? plain("passed") : strong(clause.state)), ...tested]],
    notes: [...(clause.evidence.length > 0 ? [{ paragraph: fine(`Evidence: ${clause.evidence.join("; ")}`), barred: false }] : []), ...(clause.lacking ? [{ paragraph: fine(quiet(clause.lacking)), barred: false }] : [])],
  };
}

/** Clause, control, evidence and the last test result of each row. */
export function clauseChapter(clauses: readonly PrintedClause[], timeZone: string): readonly Block[] {
  const counts = (["passed", "failed", "not run", "not built yet"] as const).map((state) => `${numerals(String(clauses.filter((c) => c.state === state).length))} ${state}`);
  const heading: Block = { kind: "heading", level: "chapter", text: "Clause matrix", note: `${numerals(String(clauses.length))} rows: ${counts.join(", ")}` };
  return clauses.length === 0 ? [heading, { kind: "text", paragraphs: [small("No row is known to this version.")] }] : [heading, { kind: "table", columns, rows: clauses.map((clause) => row(clause, timeZone)), continued: "Clause matrix", resumed: false }];
}
