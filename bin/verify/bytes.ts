import { sha256 } from "@noble/hashes/sha2.js";
import { fromBase64, toBase64 } from "#lib/ledger/note.ts";

const encoder = new TextEncoder();
export const utf8 = (text: string): Uint8Array => encoder.encode(text);

/** Text of bytes that are well-formed UTF-8 without a byte order mark; undefined for any others. */
export function textOf(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

export function joined(...parts: readonly Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(parts.reduce((n, part) => n + part.length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}

export const hexOf = (bytes: Uint8Array): string => Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");

/** Lower-case hex SHA-256 over the tag, a line feed and the text. */
export const digestOf = (tag: string, text: string): string => hexOf(sha256(utf8(`${tag}\n${text}`)));

export const base64url = (bytes: Uint8Array): string => toBase64(bytes).replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");

/** Bytes of base64url without padding; undefined unless the text is its one spelling. */
export function fromBase64url(text: string): Uint8Array | undefined {
  if (!/^[A-Za-z0-9_-]*$/.test(text)) return undefined;
  const padded = text.replaceAll("-", "+").replaceAll("_", "/") + "=".repeat((4 - (text.length % 4)) % 4);
  return padded.length % 4 === 0 ? fromBase64(padded) : undefined;
}

/** First 16 hex digits of the SHA-256 of a public key's bytes. */
export const keyIdOf = (publicKey: Uint8Array): string => hexOf(sha256(publicKey)).slice(0, 16);
