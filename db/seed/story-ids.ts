import { seedOf } from "#lib/simulator/running-batches.ts";
import { mulberry32 } from "#lib/simulator/random.ts";

/** Numbers of a version 4 UUID from a stream of chance: the same story has the same ids. They name rows and statements of the demo, nothing is kept secret by them. */
export function idsFrom(random: () => number): () => string {
  return () => {
    const hex = Array.from({ length: 32 }, () => Math.floor(random() * 16).toString(16));
    hex[12] = "4";
    hex[16] = (8 + Math.floor(random() * 4)).toString(16);
    return hex.join("").replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
  };
}

/** Ids of a part of the story, from its name. */
export const idsOf = (part: string): (() => string) => idsFrom(mulberry32(seedOf(part)));
