import { describe, expect, it } from "vitest";
import { configurationChanges, exceptionConfiguration, exceptionTypes, shippedConfiguration, underSigned, type ExceptionConfiguration } from "./configuration.ts";
import { configurationFromForm, ruleFields } from "./configuration-form.ts";
import { configurationStates, planConfiguration, type ConfigurationCommand } from "./configuration-state.ts";

const changed = (change: Partial<ExceptionConfiguration["types"]>, lateAfterMin = 30): ExceptionConfiguration => ({ ...shippedConfiguration, lateAfterMin, types: { ...shippedConfiguration.types, ...change } });
const formOf = (configuration: ExceptionConfiguration): Map<string, string> => new Map([["lateAfterMin", String(configuration.lateAfterMin)], ...exceptionTypes.flatMap((type): [string, string][] => {
  const [names, rule] = [ruleFields(type), configuration.types[type]];
  return [[names.severity, rule.severity], [names.signature, rule.signature], ...(rule.blocks ? [[names.blocks, "on"] as [string, string]] : [])];
})]);

describe("the configuration of exceptions (exceptions C.3)", () => {
  it("shipped asks quality for everything that may touch the product", () => expect(underSigned(shippedConfiguration)).toEqual([]));
  it("keeps every type: one that is missing is no configuration", () => {
    const { wrong_material: _, ...rest } = shippedConfiguration.types;
    expect(exceptionConfiguration.safeParse({ ...shippedConfiguration, types: rest }).success).toBe(false);
  });
  it("says what a version changes and what of it asks for less", () => {
    const after = changed({ wrong_material: { severity: "minor", signature: "supervisor", blocks: false }, redline: { severity: "major", signature: "quality", blocks: true } }, 60);
    expect(configurationChanges(shippedConfiguration, after).map((c) => [c.what, c.field, c.before, c.after, c.weaker])).toEqual([
      ["Late entry", "Late after", "30 min", "60 min", true], ["Wrong material", "Default severity", "Critical", "Minor", true], ["Wrong material", "Required signature", "Quality", "Supervisor", true], ["Wrong material", "Blocks execution", "Yes", "No", true],
      ["Redline", "Default severity", "Minor", "Major", false], ["Redline", "Required signature", "Supervisor", "Quality", false], ["Redline", "Blocks execution", "No", "Yes", false],
    ]);
    expect(configurationChanges(after, after)).toEqual([]);
  });
  it("leaves no major or critical exception to a supervisor", () => expect(underSigned(changed({ wrong_material: { severity: "critical", signature: "supervisor", blocks: true }, redline: { severity: "minor", signature: "supervisor", blocks: false } }))).toEqual(["wrong_material"]));
});

describe("the form of a version", () => {
  it("says what was chosen", () => expect(configurationFromForm(formOf(shippedConfiguration))).toEqual(shippedConfiguration));
  it.each<[string, (form: Map<string, string>) => unknown]>([
    ["without a type", (f) => f.delete("severity.wrong_material")], ["with an unknown severity", (f) => f.set("severity.redline", "none")], ["with nobody to sign", (f) => f.delete("signature.redline")], ["with minutes that are no number", (f) => f.set("lateAfterMin", "soon")], ["with none", (f) => f.set("lateAfterMin", "0")],
  ])("%s is not read", (_, spoil) => {
    const form = formOf(shippedConfiguration);
    spoil(form);
    expect(configurationFromForm(form)).toBeUndefined();
  });
});

describe("states of a version", () => {
  const commands: readonly ConfigurationCommand[] = ["approve", "supersede", "withdraw"];
  it("move as the table says and never out of an end", () => {
    const reached = configurationStates.map((state) => [state, commands.flatMap((command) => { const plan = planConfiguration({ state, proposedBy: command === "withdraw" ? "b" : "a" }, { command, by: "b" }); return plan.ok ? [`${command}: ${plan.value}`] : []; })]);
    expect(reached).toEqual([["proposed", ["approve: effective", "withdraw: withdrawn"]], ["effective", ["supersede: superseded"]], ["superseded", []], ["withdrawn", []]]);
  });
  it("its author does not approve it, and nobody else withdraws it", () => {
    expect(planConfiguration({ state: "proposed", proposedBy: "a" }, { command: "approve", by: "a" })).toEqual({ ok: false, refusal: { reason: "own-work" } });
    expect(planConfiguration({ state: "proposed", proposedBy: "a" }, { command: "withdraw", by: "b" })).toEqual({ ok: false, refusal: { reason: "not-the-author" } });
  });
});
