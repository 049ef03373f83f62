import { accept, refuse, type Result } from "#lib/result.ts";

/** Largest file of a step, bytes. */
export const largestAttachment = 10 * 1024 * 1024;

export type AttachmentRefusal = "empty" | "too-large" | "unknown-type" | "name";
export const attachmentRefusalSentence: Record<AttachmentRefusal, string> = {
  empty: "The file is empty.", "too-large": "The file is larger than 10 MB. Reduce it, or attach it in parts.",
  "unknown-type": "Only PDF, PNG, JPEG and plain text (CSV, TXT) can be attached, and the content must be what the name says.", name: "The file's name cannot be used: at most 120 characters, no slashes.",
};

const starts = (bytes: Uint8Array, ...head: readonly number[]): boolean => head.every((byte, i) => bytes[i] === byte);
const endings: Readonly<Record<string, string>> = { pdf: "application/pdf", png: "image/png", jpg: "image/jpeg", jpeg: "image/jpeg", csv: "text/csv", txt: "text/plain" };

/** Text as UTF-8 without control characters but tab and line ends. */
function isText(bytes: Uint8Array): boolean {
  try {
    return !/[\u0000-\u0008\u000b\u000c\u000e-\u001f]/.test(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch {
    return false;
  }
}

/** What the bytes themselves say they are; a name alone is believed by nobody. */
function typeOf(bytes: Uint8Array): string | undefined {
  if (starts(bytes, 0x25, 0x50, 0x44, 0x46, 0x2d)) return "application/pdf";
  if (starts(bytes, 0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a)) return "image/png";
  if (starts(bytes, 0xff, 0xd8, 0xff)) return "image/jpeg";
  return isText(bytes) ? "text" : undefined;
}

/** Checks a file's name, size and content: the type follows from the bytes and must be the one its name ends in. */
export function checkAttachment(name: string, bytes: Uint8Array): Result<{ readonly name: string; readonly mediaType: string }, AttachmentRefusal> {
  const clean = name.normalize("NFC").trim();
  if (clean.length === 0 || clean.length > 120 || /[\\/\u0000-\u001f]/.test(clean)) return refuse("name");
  if (bytes.length === 0) return refuse("empty");
  if (bytes.length > largestAttachment) return refuse("too-large");
  const claimed = endings[clean.split(".").at(-1)?.toLowerCase() ?? ""];
  const found = typeOf(bytes);
  if (!claimed || !found || (found === "text" ? !claimed.startsWith("text/") : found !== claimed)) return refuse("unknown-type");
  return accept({ name: clean, mediaType: claimed });
}
