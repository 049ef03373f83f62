const deepest = 64;

class NotCanonical extends Error {}

function writeAt(value: unknown, depth: number): string {
  if (depth > deepest) throw new NotCanonical("nested too deep");
  if (value === null || typeof value === "boolean") return String(value);
  if (typeof value === "number" && Number.isFinite(value)) return JSON.stringify(value);
  if (typeof value === "string" && value.isWellFormed()) return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map((item) => writeAt(item, depth + 1)).join(",")}]`;
  if (typeof value === "object") {
    // Names in the order of their UTF-16 code units, which is what sort() compares.
    return `{${Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)).map(([name, member]) => `${writeAt(name, depth)}:${writeAt(member, depth + 1)}`).join(",")}}`;
  }
  throw new NotCanonical("JSON cannot hold this value");
}

/** RFC 8785 text of a JSON value; undefined for one that has none, or is nested deeper than 64. */
export function writeCanonical(value: unknown): string | undefined {
  try {
    return writeAt(value, 0);
  } catch (error) {
    if (error instanceof NotCanonical) return undefined;
    throw error;
  }
}

export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** The value of a text that is its own RFC 8785 writing; undefined for any other text. */
export function readCanonical(text: string): unknown {
  const value = parseJson(text);
  return value !== undefined && writeCanonical(value) === text ? value : undefined;
}

export type JsonObject = Readonly<Record<string, unknown>>;
export const isObject = (value: unknown): value is JsonObject => typeof value === "object" && value !== null && !Array.isArray(value);

/** The object of a JSON text; undefined when it holds something else. */
export function objectOf(text: string | undefined, read: (text: string) => unknown = parseJson): JsonObject | undefined {
  const value = text === undefined ? undefined : read(text);
  return isObject(value) ? value : undefined;
}
