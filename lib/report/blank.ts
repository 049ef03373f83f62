import { body, fine, plain, quiet, type Paragraph } from "#lib/document/model.ts";

const space = "\u00a0";
/** A line to write on. */
const written = (length: number): string => "_".repeat(length);

/** A field to be filled in by hand, with room above the line to write; its unit stands behind it. */
export const blankPlace = (unit = "", length = unit === "" ? 13 : 9): readonly Paragraph[] => [body(space), body(quiet(written(length)), ...(unit === "" || unit === "1" ? [] : [plain(`${space}${unit}`)]))];

/** Where somebody signs by hand: name, date and time. */
export const signPlace = (): readonly Paragraph[] => [body(space), body(quiet(written(16))), fine("name, date, time")];
