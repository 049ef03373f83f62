import type { MasterParameter, MasterRecord, MasterStep } from "#lib/recipe/master-record.ts";
import { antigen500 } from "./antigen-500.ts";
import { range } from "./writing.ts";

/** Expression at 26 °C instead of 28 °C: the particles fold more slowly and fewer fragments come with them. */
const temperature = (p: MasterParameter): MasterParameter => (p.id === "temperature-expression" ? { ...p, limits: { target: 26, normal: range(25.5, 26.5), action: range(25.2, 27), validated: range(25, 30), absolute: range(0, 150) } } : p);
const cooler = (text: string): string => text.replaceAll("28 °C", "26 °C");
const step = (s: MasterStep): MasterStep => ({ ...s, title: cooler(s.title), instruction: cooler(s.instruction) });

/** What the change of recipe makes of the master: expression two degrees cooler, nothing else. */
export const coolerExpression = (master: MasterRecord): MasterRecord => ({
  ...master, parameters: master.parameters.map(temperature),
  procedure: master.procedure.map((up) => ({ ...up, operations: up.operations.map((op) => ({ ...op, phases: op.phases.map((ph) => ({ ...ph, steps: ph.steps.map(step) })) })) })),
});

/** The version of the antigen's master that is effective today. */
export const antigen500Cooler: MasterRecord = { ...coolerExpression(antigen500), version: 2 };
