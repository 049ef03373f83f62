/** Objects of a PDF as ISO 32000-1, 7.3 writes them, as far as an embedded file needs them. */
export type PdfName = { readonly name: string };
export type PdfRef = { readonly object: number };
export type PdfDict = ReadonlyMap<string, PdfValue>;
export type PdfStream = { readonly dict: PdfDict; readonly at: number };
export type PdfValue = number | boolean | null | string | PdfName | PdfRef | PdfDict | PdfStream | readonly PdfValue[];

/** The document is not one this reader can follow. */
export class PdfUnreadable extends Error {}

export const isDict = (value: PdfValue | undefined): value is PdfDict => value instanceof Map;
export const isStream = (value: PdfValue | undefined): value is PdfStream => typeof value === "object" && value !== null && "at" in value && "dict" in value;
export const isRef = (value: PdfValue | undefined): value is PdfRef => typeof value === "object" && value !== null && "object" in value;
export const nameOf = (value: PdfValue | undefined): string | undefined => (typeof value === "object" && value !== null && "name" in value ? value.name : undefined);

const space = /[\0\t\n\f\r ]/;
const delimiter = /[()<>[\]{}/%]/;
const deepest = 64;
const escapes: Readonly<Record<string, string>> = { n: "\n", r: "\r", t: "\t", b: "\b", f: "\f" };

/** Reads objects of a text in which each character is a byte. */
export class PdfReader {
  readonly text: string;
  at: number;
  constructor(text: string, at = 0) {
    this.text = text;
    this.at = at;
  }

  skip(): void {
    for (;;) {
      while (space.test(this.text[this.at] ?? "x")) this.at += 1;
      if (this.text[this.at] !== "%") return;
      while (this.at < this.text.length && !/[\r\n]/.test(this.text[this.at] ?? "\n")) this.at += 1;
    }
  }

  /** The characters up to the next white space or delimiter. */
  word(): string {
    this.skip();
    const from = this.at;
    while (this.at < this.text.length && !space.test(this.text[this.at] ?? " ") && !delimiter.test(this.text[this.at] ?? " ")) this.at += 1;
    return this.text.slice(from, this.at);
  }

  expect(word: string): void {
    if (this.word() !== word) throw new PdfUnreadable(`${word} is missing at ${this.at}`);
  }

  integer(): number {
    const word = this.word();
    if (!/^\d{1,10}$/.test(word)) throw new PdfUnreadable(`a number is missing at ${this.at}`);
    return Number(word);
  }

  #name(): PdfName {
    this.at += 1;
    const from = this.at;
    while (this.at < this.text.length && !space.test(this.text[this.at] ?? " ") && !delimiter.test(this.text[this.at] ?? " ")) this.at += 1;
    return { name: this.text.slice(from, this.at).replaceAll(/#([0-9A-Fa-f]{2})/g, (_all, hex: string) => String.fromCharCode(parseInt(hex, 16))) };
  }

  #escape(): string {
    const char = this.text[this.at++] ?? "";
    if (/[0-7]/.test(char)) {
      const more = /^[0-7]{0,2}/.exec(this.text.slice(this.at, this.at + 2))?.[0] ?? "";
      this.at += more.length;
      return String.fromCharCode(parseInt(char + more, 8) & 255);
    }
    if (char === "\r" && this.text[this.at] === "\n") this.at += 1;
    return char === "\r" || char === "\n" ? "" : (escapes[char] ?? char);
  }

  #literal(): string {
    let [said, depth] = ["", 1];
    for (this.at += 1; this.at < this.text.length; ) {
      const char = this.text[this.at++] ?? "";
      if (char === "\\") said += this.#escape();
      else if (char === ")" && --depth === 0) return said;
      else {
        if (char === "(") depth += 1;
        said += char;
      }
    }
    throw new PdfUnreadable("a string has no end");
  }

  #hex(): string {
    const end = this.text.indexOf(">", this.at);
    const digits = this.text.slice(this.at + 1, end).replaceAll(/\s/g, "");
    if (end < 0 || !/^[0-9A-Fa-f]*$/.test(digits)) throw new PdfUnreadable("a string of digits has no end");
    this.at = end + 1;
    return (digits.length % 2 === 0 ? digits : `${digits}0`).replaceAll(/../g, (pair) => String.fromCharCode(parseInt(pair, 16)));
  }

  #until(end: string, depth: number): PdfValue[] {
    const items: PdfValue[] = [];
    for (this.skip(); !this.text.startsWith(end, this.at); this.skip()) items.push(this.value(depth + 1));
    this.at += end.length;
    return items;
  }

  #dict(depth: number): PdfDict | PdfStream {
    this.at += 2;
    const items = this.#until(">>", depth);
    const dict = new Map<string, PdfValue>();
    for (let i = 0; i < items.length; i += 2) {
      const [name, value] = [nameOf(items[i]), items[i + 1]];
      if (name === undefined || value === undefined || dict.has(name)) throw new PdfUnreadable(`a dictionary before ${this.at} is not one`);
      dict.set(name, value);
    }
    const body = /^[\0\t\n\f\r ]*stream(\r\n|\n)/.exec(this.text.slice(this.at, this.at + 64));
    return body ? { dict, at: this.at + body[0].length } : dict;
  }

  #atom(): PdfValue {
    const word = this.word();
    if (word === "true" || word === "false") return word === "true";
    if (word === "null") return null;
    if (!/^[+-]?(\d+\.?\d*|\.\d+)$/.test(word)) throw new PdfUnreadable(`nothing readable stands at ${this.at}`);
    const reference = /^\d+$/.test(word) ? /^[\0\t\n\f\r ]+\d{1,5}[\0\t\n\f\r ]+R(?![^\0\t\n\f\r ()<>[\]{}/%])/.exec(this.text.slice(this.at, this.at + 32)) : null;
    if (!reference) return Number(word);
    this.at += reference[0].length;
    return { object: Number(word) };
  }

  value(depth = 0): PdfValue {
    if (depth > deepest) throw new PdfUnreadable("objects are nested too deep");
    this.skip();
    const char = this.text[this.at];
    if (char === "/") return this.#name();
    if (char === "(") return this.#literal();
    if (char === "[") { this.at += 1; return this.#until("]", depth); }
    if (char === "<") return this.text[this.at + 1] === "<" ? this.#dict(depth) : this.#hex();
    return this.#atom();
  }
}
