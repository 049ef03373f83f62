/**
 * Units a master batch record may use, as they are printed. `factor` and `offset` lead to `base`, a unit mathjs knows ("" for a
 * pure number): base value = value × factor + offset. Decimals as text, so that 10 °C is 283.15 K to the last digit.
 */
export type Unit = { readonly text: string; readonly name: string; readonly base: string; readonly factor: string; readonly offset: string };

const unit = (text: string, name: string, base: string, factor = "1", offset = "0"): Unit => ({ text, name, base, factor, offset });

export const units: readonly Unit[] = [
  unit("1", "number", ""), unit("%", "per cent", "", "0.01"), unit("% sat", "per cent of air saturation", "", "0.01"), unit("% of plan", "per cent of the planned amount", "", "0.01"), unit("% v/v", "per cent by volume", "", "0.01"),
  unit("pH", "pH", ""), unit("OD600", "optical density at 600 nm", ""), unit("AU", "absorbance", ""), unit("NTU", "turbidity", ""),
  unit("L", "litre", "L"), unit("mL", "millilitre", "mL"), unit("kg", "kilogram", "kg"), unit("g", "gram", "g"), unit("mg", "milligram", "mg"),
  unit("g/L", "gram per litre", "g/L"), unit("mg/mL", "milligram per millilitre", "mg/mL"), unit("mg/L", "milligram per litre", "mg/L"), unit("kg/L", "density", "kg/L"), unit("ng/mg", "impurity, parts per million", "", "0.000001"), unit("pg/mg", "impurity, parts per thousand million", "", "0.000000001"),
  unit("mol/L", "mole per litre", "mol/L"), unit("mmol/L", "millimole per litre", "mmol/L"), unit("mOsm/kg", "osmolality", "mmol/kg"), unit("mmol/L/h", "uptake rate", "mmol/L/hour"),
  unit("10⁶/mL", "million cells per millilitre", "mL^-1", "1000000"), unit("CFU/mL", "colonies per millilitre", "mL^-1"), unit("CFU/10 mL", "colonies per 10 millilitres", "mL^-1", "0.1"), unit("EU/mL", "endotoxin units per millilitre", "mL^-1"),
  unit("h", "hour", "hour"), unit("min", "minute", "minute"), unit("s", "second", "second"), unit("d", "day", "day"), unit("1/h", "per hour", "hour^-1"),
  unit("L/h", "litre per hour", "L/hour"), unit("L/min", "litre per minute", "L/minute"), unit("mL/min", "millilitre per minute", "mL/minute"), unit("cm/h", "linear velocity", "cm/hour"),
  unit("rpm", "revolutions per minute", "minute^-1"), unit("bar", "bar", "bar"), unit("mbar", "millibar", "mbar"), unit("kPa", "kilopascal", "kPa"), unit("mmHg", "millimetre of mercury", "mmHg"), unit("mS/cm", "conductivity", "mS/cm"), unit("µS/cm", "conductivity", "uS/cm"),
  unit("°C", "degree Celsius", "K", "1", "273.15"), unit("K", "kelvin, of a difference", "K"), unit("m²", "square metre", "m^2"), unit("L/m²", "volume per area of a filter", "L/m^2"), unit("pcs", "pieces", ""),
];

const byText = new Map(units.map((known) => [known.text, known]));

/** Units people take for each other: those of one quantity. Equal dimensions are not enough, colonies per millilitre are no cells. */
const families: readonly (readonly string[])[] = [
  ["L", "mL"], ["kg", "g", "mg"], ["g/L", "mg/mL", "mg/L"], ["mol/L", "mmol/L"], ["CFU/mL", "CFU/10 mL"], ["d", "h", "min", "s"], ["L/h", "L/min", "mL/min"], ["bar", "mbar", "kPa", "mmHg"], ["mS/cm", "µS/cm"],
];

/** Units a value in `text` may be given in instead, itself first. */
export const alikeUnits = (text: string): readonly string[] => [text, ...(families.find((family) => family.includes(text)) ?? []).filter((other) => other !== text)];

/** The unit of that printed form; undefined where a master may not use it. */
export const unitOf = (text: string): Unit | undefined => byText.get(text);
