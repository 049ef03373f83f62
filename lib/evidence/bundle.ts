import { createPrivateKey, sign } from "node:crypto";
import type { JWK } from "jose";
import { canonical, digestOf, keyIdOfJwk } from "#lib/digest/digest.ts";
import { BrokenPromise } from "#lib/result.ts";
import type { Content, Counts, Manifest } from "./shape.ts";

/** What the manifest says beyond what follows from the content. */
export type ManifestFacts = Pick<Manifest, "batchId" | "siteId" | "siteName" | "zone" | "exportedAt" | "exportedBy" | "copy" | "reason">;

const relatedOf = ({ related = [] }: Content): number => related.reduce((sum, { entries }) => sum + entries.length, 0);

/** How many there are of each kind; `proofs`: entries with their path to the head, the related ones among them. */
export const countsOf = (content: Content): Counts => ({
  entries: content.entries.length,
  signatures: content.signatures.length,
  segments: content.segments.length,
  readings: content.segments.reduce((sum, segment) => sum + segment.readings, 0),
  checkpoints: content.checkpoints.length,
  keys: content.keys.length,
  proofs: content.entries.length + relatedOf(content),
  ...(content.documents ? { documents: content.documents.length } : {}), ...(content.files ? { files: content.files.length } : {}), ...(content.related ? { related: relatedOf(content) } : {}),
});

/** Number of leaves under the last checkpoint: the second line of its note. */
function headSize(content: Content): number {
  const size = Number(content.checkpoints.at(-1)?.note.split("\n")[1]);
  if (!Number.isSafeInteger(size) || size < 1) throw new BrokenPromise("no-head", "a bundle needs a checkpoint with at least one leaf");
  return size;
}

/** Ed25519 over "EBRSEAL/1", a line feed and the manifest's canonical text. */
function sealOf(manifestText: string, key: JWK): { readonly keyId: string; readonly signature: string } {
  const privateKey = createPrivateKey({ key: { kty: key.kty ?? "OKP", crv: key.crv ?? "Ed25519", x: key.x ?? "", d: key.d ?? "" }, format: "jwk" });
  return { keyId: keyIdOfJwk(key), signature: sign(null, Buffer.from(`EBRSEAL/1\n${manifestText}`, "utf8"), privateKey).toString("base64") };
}

/**
 * The bundle's text (docs/evidence-format.md), EBRBUNDLE/2 where the content has documents, files and related entries: counts, digests and seal follow from content and facts.
 * `sealKey`: the portal's private attestation key, which `content.keys` must name as in force.
 */
export function bundleText(content: Content, facts: ManifestFacts, sealKey: JWK): string {
  const contentText = canonical(content);
  const manifest: Manifest = {
    ...facts,
    recordDigest: digestOf("EBRREC/1", content.record),
    counts: countsOf(content),
    filter: `batch = ${facts.batchId}, ledger positions 0 to ${headSize(content) - 1}`,
    contentDigest: digestOf("EBRBUN/1", contentText),
  };
  const manifestText = canonical(manifest);
  // Canonical by construction: the names stand in their order, and each part is canonical. So the content is written once.
  return `{"content":${contentText},"format":"${content.documents ? "EBRBUNDLE/2" : "EBRBUNDLE/1"}","manifest":${manifestText},"seal":${canonical(sealOf(manifestText, sealKey))}}`;
}
