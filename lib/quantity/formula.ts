import { all, create, type BigNumber, type MathNode, type MathType, type Unit as Measure } from "mathjs";
import { accept, refuse, type Result } from "#lib/result.ts";
import { unitOf, type Unit } from "./unit.ts";

/** Decimal arithmetic with 34 digits (decimal128), far beyond what an instrument says; units by mathjs. */
const math = create(all ?? {}, { number: "BigNumber", precision: 34 });

/** A calculation of a master: text, what each name stands for, and the unit and digits of its result. */
export type Formula = { readonly text: string; readonly inputs: Readonly<Record<string, string>>; readonly unit: string; readonly precision: number };

export type FormulaRefusal = { readonly reason: "syntax" | "too-long" | "not-allowed" | "unknown-name" | "unknown-unit" | "unused-input" | "dimension" | "value-missing" | "no-number"; readonly sentence: string };

/** What a formula may call; none rounds, because a result is rounded once, at its end. */
export const formulaFunctions = ["abs", "exp", "log", "log10", "max", "mean", "min", "sqrt", "sum"] as const;
const operators = new Set(["add", "subtract", "multiply", "divide", "pow", "unaryMinus", "unaryPlus"]);
const longest = 500;
const deepest = 30;
/** Powers are for squares and cubes; a tower of powers would keep the machine busy for ever. */
const greatestPower = 10;

const refused = (reason: FormulaRefusal["reason"], sentence: string) => refuse<FormulaRefusal>({ reason, sentence });
type Node = MathNode & { readonly fn?: string | { readonly name?: string }; readonly name?: string; readonly op?: string; readonly value?: unknown; readonly args?: readonly Node[]; readonly implicit?: boolean };

function powerRefusal(node: Node): string | undefined {
  const exponent = node.args?.[1];
  const bare = exponent?.type === "OperatorNode" && exponent.fn === "unaryMinus" ? exponent.args?.[0] : exponent;
  const size = bare?.type === "ConstantNode" ? Math.abs(Number(bare.value)) : Number.NaN;
  return size <= greatestPower ? undefined : `A power must be a written number of at most ${greatestPower}.`;
}

/** Why this node may not stand in a formula; undefined when it may. */
function refusalOf(node: Node, names: ReadonlySet<string>): readonly [FormulaRefusal["reason"], string] | undefined {
  switch (node.type) {
    case "ParenthesisNode": return undefined;
    case "ConstantNode": return typeof node.value === "number" || math.isBigNumber(node.value) ? undefined : ["not-allowed", "A formula holds numbers, names and calculations only."];
    case "SymbolNode": return names.has(node.name ?? "") ? undefined : ["unknown-name", `“${node.name ?? ""}” is not an input of this calculation.`];
    case "OperatorNode": {
      if (node.implicit) return ["not-allowed", "Write every multiplication with *."];
      if (!operators.has(String(node.fn))) return ["not-allowed", `“${node.op ?? ""}” may not be used in a formula.`];
      const power = node.fn === "pow" ? powerRefusal(node) : undefined;
      return power === undefined ? undefined : ["not-allowed", power];
    }
    case "FunctionNode": {
      const name = typeof node.fn === "object" ? node.fn.name ?? "" : "";
      return (formulaFunctions as readonly string[]).includes(name) ? undefined : ["not-allowed", `“${name}” is not a function of formulas; there are ${formulaFunctions.join(", ")}.`];
    }
    default: return ["not-allowed", "A formula is one calculation with numbers, names, + − * / ^ and brackets."];
  }
}

type Walk = { readonly names: ReadonlySet<string>; readonly used: Set<string>; refusal?: readonly [FormulaRefusal["reason"], string] };

function walk(node: Node, at: Walk, depth = 0): void {
  if (at.refusal) return;
  const why = depth > deepest ? (["not-allowed", "The formula is nested too deeply. Split it into two calculations."] as const) : refusalOf(node, at.names);
  if (why) at.refusal = why;
  if (node.type === "SymbolNode") at.used.add(node.name ?? "");
  // The name of a called function is a node of its own in mathjs; only what it is called with belongs to the formula's names.
  const parts = node.type === "FunctionNode" ? [...(node.args ?? [])] : childrenOf(node);
  for (const part of parts) walk(part, at, depth + 1);
}

function childrenOf(node: Node): readonly Node[] {
  const found: Node[] = [];
  node.forEach((child) => void found.push(child as Node));
  return found;
}

/** A value in its base unit, as mathjs calculates with it. */
function measured(value: string, of: Unit): MathType {
  const based = math.add(math.multiply(math.bignumber(value), math.bignumber(of.factor)), math.bignumber(of.offset)) as BigNumber;
  return of.base === "" ? based : math.multiply(based, math.unit(math.bignumber(1), of.base));
}

/** The number a result says in `of`; undefined when its dimension is another one. */
function numberIn(result: unknown, of: Unit): BigNumber | undefined {
  const based = of.base === "" ? (math.isBigNumber(result) ? result : undefined)
    : math.isUnit(result) && result.equalBase(math.unit(of.base)) ? math.bignumber((result as Measure).toNumeric(of.base).toString()) : undefined;
  return based && (math.divide(math.subtract(based, math.bignumber(of.offset)), math.bignumber(of.factor)) as BigNumber);
}

/** Half away from zero at `digits` after the point (USP General Notices 7.20), with all its digits. */
const rounded = (value: BigNumber, digits: number): string => value.toDecimalPlaces(digits, 4).toFixed(digits);

function calculate(formula: Formula, values: Readonly<Record<string, string>>): unknown {
  const scope = new Map(Object.entries(formula.inputs).map(([name, text]) => [name, measured(values[name] ?? "", unitOf(text) as Unit)]));
  return math.parse(formula.text).compile().evaluate(scope);
}

const nameRule = /^[a-z][a-z0-9_]{0,39}$/;

/** Checks the names, their units and the unit of the result. */
function wordsRefusal({ inputs, unit }: Formula): FormulaRefusal | undefined {
  const bad = Object.keys(inputs).find((name) => !nameRule.test(name) || (formulaFunctions as readonly string[]).includes(name));
  if (bad !== undefined) return { reason: "unknown-name", sentence: `“${bad}” cannot name an input: small letters, digits and _ only, a letter first, and no function's name.` };
  const unknown = [...Object.values(inputs), unit].find((text) => !unitOf(text));
  return unknown === undefined ? undefined : { reason: "unknown-unit", sentence: `“${unknown}” is not a unit of this portal.` };
}

/** Values for a trial: different from each other, so that a difference is not zero. */
const trial = (inputs: Formula["inputs"]): Record<string, string> => Object.fromEntries(Object.keys(inputs).map((name, i) => [name, String(1.5 + i * 0.7)]));

/**
 * Is this a formula: one calculation over its declared inputs whose dimension fits the unit of its result? What is allowed is a closed list
 * (numbers, names, + − * / ^ with a written power, brackets, nine functions): nothing can be assigned, read or called besides.
 */
export function checkFormula(formula: Formula): Result<Formula, FormulaRefusal> {
  if (formula.text.length > longest) return refused("too-long", `A formula has at most ${longest} characters.`);
  const words = wordsRefusal(formula);
  if (words) return refuse(words);
  let parsed: Node;
  try {
    parsed = math.parse(formula.text) as Node;
  } catch {
    return refused("syntax", "The formula cannot be read. Look for a missing bracket or operator.");
  }
  const at: Walk = { names: new Set(Object.keys(formula.inputs)), used: new Set() };
  walk(parsed, at);
  if (at.refusal) return refused(...at.refusal);
  const idle = Object.keys(formula.inputs).find((name) => !at.used.has(name));
  if (idle !== undefined) return refused("unused-input", `The input “${idle}” is not used.`);
  try {
    if (numberIn(calculate(formula, trial(formula.inputs)), unitOf(formula.unit) as Unit)) return accept(formula);
    return refused("dimension", `The result is not in ${formula.unit}: check which quantities are multiplied and divided.`);
  } catch {
    return refused("dimension", "The units of this formula do not fit together: only like quantities can be added, and exp, log and powers need pure numbers.");
  }
}

/**
 * Result of a checked formula for decimal values in the units of its inputs, rounded half away from zero to its digits. Refused when a
 * value is missing or no decimal number, and when the result is no finite number.
 */
export function evaluateFormula(formula: Formula, values: Readonly<Record<string, string>>): Result<string, FormulaRefusal> {
  const missing = Object.keys(formula.inputs).find((name) => !/^-?\d{1,30}(\.\d{1,30})?$/.test(values[name] ?? ""));
  if (missing !== undefined) return refused("value-missing", `The value of “${missing}” is missing or not a number.`);
  const checked = checkFormula(formula);
  if (!checked.ok) return checked;
  const result = numberIn(calculate(formula, values), unitOf(formula.unit) as Unit);
  return result?.isFinite() ? accept(rounded(result, formula.precision)) : refused("no-number", "The formula gives no number for these values: something is divided by zero or a root is taken of a negative number.");
}
