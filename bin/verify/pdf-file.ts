import { isDict, isRef, isStream, nameOf, PdfReader, PdfUnreadable, type PdfDict, type PdfStream, type PdfValue } from "./pdf-syntax.ts";

/** One character for each byte; what decoders call latin1 has other characters from 0x80 to 0x9f. */
export const charactersOf = (bytes: Uint8Array): string => {
  let text = "";
  for (let at = 0; at < bytes.length; at += 8192) text += String.fromCharCode(...bytes.subarray(at, at + 8192));
  return text;
};

const largest = 512 * 1024 * 1024;

async function inflated(bytes: Uint8Array): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  let length = 0;
  for await (const part of new Blob([Uint8Array.from(bytes)]).stream().pipeThrough(new DecompressionStream("deflate"))) {
    length += part.length;
    if (length > largest) throw new PdfUnreadable("a stream is larger than 512 MB");
    parts.push(part);
  }
  const whole = new Uint8Array(length);
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

/** Undoes the PNG predictor "up" (ISO 32000-1, 7.4.4.4), the only one that cross-reference streams use in practice. */
function unpredicted(bytes: Uint8Array, columns: number): Uint8Array {
  const rows = Math.floor(bytes.length / (columns + 1));
  const plain = new Uint8Array(rows * columns);
  for (let row = 0; row < rows; row += 1) {
    const kind = bytes[row * (columns + 1)];
    if (kind !== 0 && kind !== 2) throw new PdfUnreadable("a stream has another predictor than up");
    for (let i = 0; i < columns; i += 1) {
      const above = kind === 2 && row > 0 ? (plain[(row - 1) * columns + i] ?? 0) : 0;
      plain[row * columns + i] = (bytes[row * (columns + 1) + 1 + i] ?? 0) + above;
    }
  }
  return plain;
}

type Place = { readonly offset: number } | { readonly within: number; readonly index: number };

/** A PDF whose objects are found through its cross-reference sections, the newest first; nothing is guessed or repaired. */
export class PdfFile {
  readonly #bytes: Uint8Array;
  readonly #text: string;
  readonly #places = new Map<number, Place>();
  readonly #held = new Map<number, readonly PdfValue[]>();
  trailer: PdfDict = new Map();

  private constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    this.#text = charactersOf(bytes);
  }

  static async open(bytes: Uint8Array): Promise<PdfFile> {
    const file = new PdfFile(bytes);
    const start = /startxref\s+(\d+)\s+%%EOF\s*$/.exec(file.#text.slice(-64))?.[1];
    if (!file.#text.startsWith("%PDF-") || start === undefined) throw new PdfUnreadable("this is no PDF");
    const seen = new Set<number>();
    for (let at: PdfValue | undefined = Number(start); typeof at === "number" && !seen.has(at); ) {
      seen.add(at);
      const trailer: PdfDict = await file.#section(at);
      if (file.trailer.size === 0) file.trailer = trailer;
      at = trailer.get("Prev");
    }
    return file;
  }

  async #section(at: number): Promise<PdfDict> {
    const reader = new PdfReader(this.#text, at);
    if (this.#text.startsWith("xref", at)) return this.#table(reader);
    reader.integer();
    reader.integer();
    reader.expect("obj");
    const stream = reader.value();
    if (!isStream(stream) || nameOf(stream.dict.get("Type")) !== "XRef") throw new PdfUnreadable("a cross-reference section is missing");
    this.#entries(await this.contentOf(stream), stream.dict);
    return stream.dict;
  }

  #table(reader: PdfReader): PdfDict {
    reader.expect("xref");
    for (reader.skip(); /\d/.test(reader.text[reader.at] ?? ""); reader.skip()) {
      const [from, count] = [reader.integer(), reader.integer()];
      for (let n = from; n < from + count; n += 1) {
        const [offset, , kind] = [reader.integer(), reader.integer(), reader.word()];
        if (kind === "n" && !this.#places.has(n)) this.#places.set(n, { offset });
      }
    }
    reader.expect("trailer");
    const trailer = reader.value();
    if (!isDict(trailer)) throw new PdfUnreadable("a trailer is missing");
    return trailer;
  }

  #entries(bytes: Uint8Array, dict: PdfDict): void {
    const numbers = (name: string): readonly number[] => { const value = dict.get(name); return Array.isArray(value) ? value.filter((n) => typeof n === "number") : []; };
    const [kindWidth = 0, firstWidth = 0, secondWidth = 0] = numbers("W");
    const width = kindWidth + firstWidth + secondWidth;
    const size = dict.get("Size");
    const index = numbers("Index").length > 0 ? numbers("Index") : [0, typeof size === "number" ? size : 0];
    const field = (at: number, length: number): number => bytes.subarray(at, at + length).reduce((sum, byte) => sum * 256 + byte, 0);
    for (let pair = 0, at = 0; pair < index.length; pair += 2) {
      for (let n = index[pair] ?? 0; n < (index[pair] ?? 0) + (index[pair + 1] ?? 0) && at + width <= bytes.length; n += 1, at += width) {
        const kind = kindWidth === 0 ? 1 : field(at, kindWidth);
        const [first, second] = [field(at + kindWidth, firstWidth), field(at + kindWidth + firstWidth, secondWidth)];
        if (!this.#places.has(n) && (kind === 1 || kind === 2)) this.#places.set(n, kind === 1 ? { offset: first } : { within: first, index: second });
      }
    }
  }

  /** The value itself, or the object a reference leads to. */
  async resolved(value: PdfValue | undefined): Promise<PdfValue> {
    for (let turns = 0; isRef(value); turns += 1) {
      if (turns > 8) throw new PdfUnreadable("references lead in a circle");
      value = await this.#object(value.object);
    }
    return value ?? null;
  }

  async dict(value: PdfValue | undefined): Promise<PdfDict> {
    const found = await this.resolved(value);
    return isDict(found) ? found : isStream(found) ? found.dict : new Map();
  }

  async #object(n: number): Promise<PdfValue> {
    const place = this.#places.get(n);
    if (!place) return null;
    if ("within" in place) return (await this.#heldIn(place.within))[place.index] ?? null;
    const reader = new PdfReader(this.#text, place.offset);
    if (reader.integer() !== n) throw new PdfUnreadable(`object ${n} is not where the document says`);
    reader.integer();
    reader.expect("obj");
    return reader.value();
  }

  async #heldIn(n: number): Promise<readonly PdfValue[]> {
    const known = this.#held.get(n);
    if (known) return known;
    const stream = await this.#object(n);
    if (!isStream(stream)) throw new PdfUnreadable(`object ${n} holds no objects`);
    const [count, first] = [await this.resolved(stream.dict.get("N")), await this.resolved(stream.dict.get("First"))];
    if (typeof count !== "number" || typeof first !== "number") throw new PdfUnreadable(`object ${n} does not say how many it holds`);
    const text = charactersOf(await this.contentOf(stream));
    const heads = new PdfReader(text);
    const offsets = Array.from({ length: count }, () => { heads.integer(); return heads.integer(); });
    const values = offsets.map((offset) => new PdfReader(text, first + offset).value());
    this.#held.set(n, values);
    return values;
  }

  /** The decoded bytes of a stream: as they are, or inflated. */
  async contentOf({ dict, at }: PdfStream): Promise<Uint8Array> {
    const length = await this.resolved(dict.get("Length"));
    if (typeof length !== "number" || !/^\s*endstream/.test(this.#text.slice(at + length, at + length + 16))) throw new PdfUnreadable("a stream has another length than it says");
    const bytes = this.#bytes.slice(at, at + length);
    const filter = await this.resolved(dict.get("Filter"));
    const names = filter === null ? [] : Array.isArray(filter) ? filter.map(nameOf) : [nameOf(filter)];
    if (names.length === 0) return bytes;
    if (names.length > 1 || names[0] !== "FlateDecode") throw new PdfUnreadable("a stream is packed in another way than deflated");
    const parameters = await this.dict(dict.get("DecodeParms"));
    const [predictor, columns] = [parameters.get("Predictor") ?? 1, parameters.get("Columns") ?? 1];
    const plain = await inflated(bytes);
    return typeof predictor === "number" && predictor >= 10 && typeof columns === "number" ? unpredicted(plain, columns) : plain;
  }

  /** Names and file specifications below a node of the name tree of embedded files. */
  async #embedded(node: PdfDict, depth: number): Promise<readonly (readonly [string, PdfDict])[]> {
    if (depth > 16) throw new PdfUnreadable("the list of embedded files is nested too deep");
    const [names, kids] = [await this.resolved(node.get("Names")), await this.resolved(node.get("Kids"))];
    const found: (readonly [string, PdfDict])[] = [];
    if (Array.isArray(names)) for (let i = 0; i + 1 < names.length; i += 2) found.push([nameText(names[i]), await this.dict(names[i + 1])]);
    if (Array.isArray(kids)) for (const kid of kids) found.push(...(await this.#embedded(await this.dict(kid), depth + 1)));
    return found;
  }

  /** The one embedded file of a name; undefined when there is none, or more than one. */
  async embeddedFile(name: string): Promise<Uint8Array | undefined> {
    const root = await this.dict(this.trailer.get("Root"));
    const tree = await this.dict((await this.dict(root.get("Names"))).get("EmbeddedFiles"));
    const named = (await this.#embedded(tree, 0)).filter(([said]) => said === name);
    const [found] = named;
    const stream = found && named.length === 1 ? await this.resolved((await this.dict(found[1].get("EF"))).get("F")) : undefined;
    return isStream(stream) ? this.contentOf(stream) : undefined;
  }
}

/** A text string: UTF-16 with its mark, else one byte a character. */
function nameText(value: PdfValue | undefined): string {
  if (typeof value !== "string") return "";
  if (!value.startsWith("\u00fe\u00ff")) return value;
  return new TextDecoder("utf-16be").decode(Uint8Array.from(value.slice(2), (char) => char.charCodeAt(0)));
}
