import { bundle, type Bundle } from "#lib/evidence/shape.ts";
import { digestOf, textOf } from "../bytes.ts";
import { parseJson, writeCanonical } from "../canonical.ts";
import { checkOf, plural, type Check } from "../check.ts";

const failed = (fault: string): { readonly check: Check; readonly bundle: undefined } => ({ check: checkOf("container", 1, [fault], ""), bundle: undefined });

function faultsOf({ manifest, content }: Bundle): readonly string[] {
  const related = (content.related ?? []).reduce((n, { entries }) => n + entries.length, 0);
  const held = {
    entries: content.entries.length, signatures: content.signatures.length, segments: content.segments.length, readings: content.segments.reduce((n, s) => n + s.readings, 0),
    checkpoints: content.checkpoints.length, keys: content.keys.length, proofs: content.entries.length + related,
    ...(content.documents ? { documents: content.documents.length } : {}), ...(content.files ? { files: content.files.length } : {}), ...(content.related ? { related } : {}),
  };
  const wrong = Object.entries(held).filter(([kind, n]) => manifest.counts[kind as keyof typeof held] !== n).map(([kind, n]) => `the manifest counts other ${kind} than the ${n} this file holds`);
  return [
    ...wrong,
    ...(held.entries === 0 ? ["the file holds no entry"] : []), ...(held.checkpoints === 0 ? ["the file holds no checkpoint"] : []),
    ...(manifest.contentDigest === digestOf("EBRBUN/1", writeCanonical(content) ?? "") ? [] : ["the content has another digest than the manifest says"]),
  ];
}

/** Canonical container, shape, counts, digest of the content. Without the first two there is nothing to look at further. */
export function checkContainer(bytes: Uint8Array): { readonly check: Check; readonly bundle: Bundle | undefined } {
  const text = textOf(bytes);
  if (text === undefined) return failed("the file is not text in UTF-8");
  const value = parseJson(text);
  if (value === undefined) return failed("the file is not JSON");
  const shaped = bundle.safeParse(value);
  if (!shaped.success) {
    const [issue] = shaped.error.issues;
    return failed(`the file has not the shape of a bundle${issue && issue.path.length > 0 ? `, first at ${issue.path.join(".")}` : ""}`);
  }
  // Written from what was understood, so that nothing stands in the file which was not looked at.
  if (writeCanonical(shaped.data) !== text) return failed("the file is not written in its one canonical form");
  const { counts } = shaped.data.manifest;
  const found = `${plural(bytes.length, "byte")} in canonical form; the counts and the digest of the content are those of the manifest (${plural(counts.readings, "reading")}, ${plural(counts.keys, "key")})`;
  return { check: checkOf("container", 1, faultsOf(shaped.data), found), bundle: shaped.data };
}
