import { createHash, timingSafeEqual } from "node:crypto";

/** An API key of a source: `vbk.<site>.<source>.<secret>`. Only the SHA-256 of the whole key is stored. */
export type SourceKey = { readonly siteId: string; readonly sourceId: string; readonly text: string };

const form = /^vbk\.([a-z0-9-]{1,40})\.([A-Za-z0-9-]{1,60})\.([A-Za-z0-9_-]{32,})$/;

/** Parses the Authorization header's bearer key; undefined when it is not one of ours. */
export function parseSourceKey(authorization: string | undefined): SourceKey | undefined {
  const text = authorization?.startsWith("Bearer ") ? authorization.slice(7).trim() : undefined;
  const parts = text ? form.exec(text) : null;
  return text && parts?.[1] && parts[2] ? { siteId: parts[1], sourceId: parts[2], text } : undefined;
}

/** `secret`: 24 or more random bytes. */
export const composeSourceKey = (siteId: string, sourceId: string, secret: Uint8Array): string =>
  `vbk.${siteId}.${sourceId}.${Buffer.from(secret).toString("base64url")}`;

export const sourceKeyDigest = (text: string): string => createHash("sha256").update(text).digest("hex");

/** Compares in constant time. */
export const keyMatches = (text: string, digest: string): boolean =>
  timingSafeEqual(Buffer.from(sourceKeyDigest(text), "hex"), Buffer.from(digest, "hex"));
