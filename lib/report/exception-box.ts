import type { BatchRecord, ExceptionRow } from "#lib/batch/record.ts";
import { body, contentWidth, fine, plain, quiet, small, strong, type Block, type Column, type Fact } from "#lib/document/model.ts";
import { isOpen, severityName } from "#lib/quality/exception.ts";
import { numerals, quantityText } from "./numeral.ts";
import { printedTime } from "./printed-time.ts";
import type { ProcedureSource } from "./procedure.ts";
import type { StepContext } from "./step-row.ts";
import { trendFigure } from "./trend.ts";

const typeName = (type: string): string => type.replaceAll("_", " ");

/** "42.5 min"; undefined when the exception is not one of time. */
const outside = ({ outsideMinutes }: ExceptionRow): string | undefined => (outsideMinutes === null ? undefined : `${numerals(String(outsideMinutes))} min`);

function box(x: ExceptionRow, { timeZone, nameOf }: StepContext): Block {
  const at = (instant: Date) => printedTime(instant, timeZone);
  const minutes = outside(x);
  const window = x.windowFrom && x.windowTo && x.windowFrom < x.windowTo ? ` Outside for ${minutes ?? "an unknown time"}, ${at(x.windowFrom)} to ${at(x.windowTo)}.` : "";
  const operator: Fact = x.comment
    ? { term: "Operator", value: [body(`“${x.comment}”`), fine(`${nameOf(x.commentBy)}${x.commentAt ? `, ${at(x.commentAt)}` : ""}`)] }
    : { term: "Operator", value: [body(quiet("nothing written"))] };
  const decision: Fact = x.decidedAt
    ? { term: "Decision", value: [body(x.decision ?? "decided without words"), fine(`${nameOf(x.decidedBy)}, ${at(x.decidedAt)}`)] }
    : { term: "Decision", value: [body(strong(isOpen(x.state) ? "Not decided" : "No decision is recorded"))] };
  return {
    kind: "box", title: `Exception ${x.id}, ${x.severity}: ${x.title}`, aside: `rule ${x.rule}, ${x.state}`,
    paragraphs: [
      body("Planned: ", plain(quantityText(x.planned, x.unit)), ". Actual: ", strong(quantityText(x.actual, x.unit)), `.${window}`),
      small(`${x.stepId ? `Step ${x.stepId}` : "No step"}, ${typeName(x.type)}. Raised ${at(x.raisedAt)}.`),
    ],
    facts: [operator, decision],
  };
}

/** The figure of an exception, when stored values show it, and its box. */
export function exceptionBlocks(x: ExceptionRow, source: ProcedureSource, context: StepContext): readonly Block[] {
  const segment = source.trends.get(x.id);
  if (!segment || !x.windowFrom || !x.windowTo) return [box(x, context)];
  const entry = source.file.record.entries.findLast((e) => e.stepId === x.stepId && e.parameter === x.parameter);
  const minutes = outside(x);
  const aside = `${x.id}: ${quantityText(x.actual, x.unit)}${minutes ? `, outside for ${minutes}` : ""}`;
  return [trendFigure({ id: x.id, segment, limits: entry?.limits ?? undefined, window: { from: x.windowFrom, to: x.windowTo }, aside, timeZone: context.timeZone }), box(x, context)];
}

/** All exceptions in one table, in the order they were raised. */
export function exceptionIndex({ exceptions, site }: BatchRecord): readonly Block[] {
  const note = exceptions.length === 0 ? "none was raised" : "each is told with its evidence after the phase it happened in";
  if (exceptions.length === 0) return [{ kind: "heading", level: "section", text: "Exceptions", note }];
  const columns: readonly Column[] = [
    { title: "Exception", width: 52, align: "left" }, { title: "Severity", width: 50, align: "left" }, { title: "What", width: 180, align: "left" }, { title: "Step", width: 44, align: "left" },
    { title: "Raised", width: contentWidth - 386, align: "left" }, { title: "State", width: 60, align: "left" },
  ];
  const rows = exceptions.map((x) => ({
    kind: "cells", notes: [], marked: false, withNext: false,
    cells: [[body(strong(x.id))], [body((x.severity === "minor" ? quiet : strong)(severityName[x.severity]))], [body(x.title)], [body(x.stepId ?? "–")], [fine(plain(printedTime(x.raisedAt, site.timeZone)))], [body((isOpen(x.state) ? strong : quiet)(x.state))]],
  }) as const);
  return [{ kind: "heading", level: "section", text: "Exceptions", note }, { kind: "table", columns, rows, continued: "Exceptions", resumed: false }];
}
