import { join } from "node:path";
import { Font } from "@react-pdf/renderer";
import { BrokenPromise } from "#lib/result.ts";
import type { Size, Tone } from "./model.ts";

export type Face = "regular" | "medium" | "semibold" | "mono";
export type Ink = "ink" | "second" | "line" | "edge" | "process" | "shade" | "paper";

/** Greys of the design's tokens, on paper. */
export const inks: Record<Ink, string> = { ink: "#1b1f24", second: "#59616b", line: "#d9dce0", edge: "#767e87", process: "#3d454e", shade: "#dfe1e4", paper: "#ffffff" };

const packages = "node_modules/@expo-google-fonts";
export const faces: Record<Face, { readonly family: string; readonly weight: 400 | 500 | 600; readonly file: string }> = {
  regular: { family: "Inter", weight: 400, file: `${packages}/inter/400Regular/Inter_400Regular.ttf` },
  medium: { family: "Inter", weight: 500, file: `${packages}/inter/500Medium/Inter_500Medium.ttf` },
  semibold: { family: "Inter", weight: 600, file: `${packages}/inter/600SemiBold/Inter_600SemiBold.ttf` },
  mono: { family: "JetBrains Mono", weight: 400, file: `${packages}/jetbrains-mono/400Regular/JetBrainsMono_400Regular.ttf` },
};

/** Digits of one width; no contextual alternates, which would draw "10x20" or "->" as something else than was written. */
export const features = { tnum: 1, calt: 0 };

/** Type size and line height, points. */
export const sizes: Record<Size, { readonly size: number; readonly line: number }> = {
  fine: { size: 6.75, line: 9 }, small: { size: 7.5, line: 9.75 }, body: { size: 8.25, line: 10.5 },
  section: { size: 9.4, line: 13.5 }, chapter: { size: 11, line: 15 }, title: { size: 12.75, line: 16.5 }, display: { size: 21, line: 25 },
};

/** Height of a capital letter at size 1, in both families. */
export const capital = 0.73;

export const tones: Record<Tone, { readonly face: Face; readonly ink: Ink; readonly scale: number }> = {
  plain: { face: "regular", ink: "ink", scale: 1 }, medium: { face: "medium", ink: "ink", scale: 1 }, strong: { face: "semibold", ink: "ink", scale: 1 },
  quiet: { face: "regular", ink: "second", scale: 1 }, mono: { face: "mono", ink: "second", scale: 0.9 }, struck: { face: "regular", ink: "second", scale: 1 },
};

/** What setting text needs to know of the fonts. */
export type Typesetter = {
  /** Width in points. */
  readonly width: (text: string, face: Face, size: number) => number;
  /** The text with every character the face lacks written as its code point, e.g. `[U+5F35]`: nothing goes missing on paper. */
  readonly shown: (text: string, face: Face) => string;
  /** Height above the baseline at size 1. */
  readonly ascent: (face: Face) => number;
};

type Loaded = NonNullable<ReturnType<typeof Font.getFont>>["data"];

function registerFaces(root: string): void {
  for (const { family, weight, file } of Object.values(faces)) Font.register({ family, fontWeight: weight, src: join(root, file) });
  Font.registerHyphenationCallback((word) => [word]);
}

async function load(face: Face): Promise<NonNullable<Loaded>> {
  const descriptor = { fontFamily: faces[face].family, fontWeight: faces[face].weight };
  await Font.load(descriptor);
  const data = Font.getFont(descriptor)?.data;
  if (!data) throw new BrokenPromise("no-font", `the font ${faces[face].file} could not be loaded`);
  return data;
}

const codePoint = (character: string): string => `[U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, "0")}]`;

/** Registers the fonts for rendering and measures with the same files. `root`: the folder that holds `node_modules`. */
export async function loadFaces(root: string): Promise<Typesetter> {
  registerFaces(root);
  const fonts = { regular: await load("regular"), medium: await load("medium"), semibold: await load("semibold"), mono: await load("mono") };
  const known = new Map<string, number>();
  const remember = (key: string, em: number) => {
    if (known.size >= 5_000) known.clear();
    known.set(key, em);
  };
  const has = (character: string, face: Face) => character === "\n" || (character >= " " && character !== "\u007f" && fonts[face].hasGlyphForCodePoint(character.codePointAt(0) ?? 0));
  return {
    ascent: (face) => fonts[face].ascent / fonts[face].unitsPerEm,
    shown: (text, face) => [...text].map((character) => (has(character, face) ? character : codePoint(character))).join(""),
    width: (text, face, size) => {
      const key = `${face} ${text}`;
      const em = known.get(key) ?? fonts[face].layout(text, { tnum: true, calt: false }).advanceWidth / fonts[face].unitsPerEm;
      remember(key, em);
      return em * size;
    },
  };
}
