import { timingSafeEqual } from "node:crypto";

/** What a callback's state names: the place (a site, or the personal one), the intent, and the secret that was sent with it. */
export type CallbackState = { readonly place: string; readonly intentId: string; readonly secret: string };

/** Parses `place.intent.secret`; undefined for anything else. */
export function callbackState(text: string): CallbackState | undefined {
  const [place = "", intentId = "", secret = "", ...rest] = text.split(".");
  return rest.length === 0 && /^[a-z0-9~-]{1,60}$/.test(place) && /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(intentId) && secret !== "" ? { place, intentId, secret } : undefined;
}

/** Compares two secrets in a time that does not tell where they differ. */
export const sameSecret = (a: string, b: string): boolean => Buffer.byteLength(a) === Buffer.byteLength(b) && timingSafeEqual(Buffer.from(a), Buffer.from(b));
