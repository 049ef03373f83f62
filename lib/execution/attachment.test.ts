import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { attachmentRefusalSentence, checkAttachment, largestAttachment } from "./attachment.ts";

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const head = { pdf: bytes("%PDF-1.7\n"), png: new Uint8Array([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0]), jpeg: new Uint8Array([0xff, 0xd8, 0xff, 0xe0]) };
const answer = (name: string, content: Uint8Array): string => { const checked = checkAttachment(name, content); return checked.ok ? checked.value.mediaType : checked.refusal; };

describe("a file of a step (REQ-02, 21 CFR 211.188)", () => {
  it.each<[string, string, Uint8Array, string]>([
    ["a PDF", "print-out.pdf", head.pdf, "application/pdf"], ["a PNG", "gel.PNG", head.png, "image/png"], ["a JPEG under either ending", "label.jpeg", head.jpeg, "image/jpeg"], ["text with its tabs and line ends", "scale.csv", bytes("a\tb\r\n1;2\n"), "text/csv"],
    ["no program that calls itself a PDF", "print-out.pdf", bytes("MZ\u0000\u0001"), "unknown-type"], ["no PDF that calls itself text", "notes.txt", head.pdf, "unknown-type"], ["no page of the web", "page.html", bytes("<script>"), "unknown-type"], ["no text with control characters", "notes.txt", bytes("a\u0000b"), "unknown-type"], ["no bytes that are no UTF-8", "notes.txt", new Uint8Array([0xc3, 0x28]), "unknown-type"],
    ["nothing empty", "empty.txt", new Uint8Array(), "empty"], ["nothing larger than it may be", "large.txt", new Uint8Array(largestAttachment + 1).fill(65), "too-large"], ["just as large as it may be", "large.txt", new Uint8Array(largestAttachment).fill(65), "text/plain"],
    ["no name with a way in it", "../etc/passwd.txt", bytes("a"), "name"], ["no name of control characters", "a\u0000.txt", bytes("a"), "name"], ["no name without an end", `${"a".repeat(117)}.txt`, bytes("a"), "name"], ["no name without an ending", "notes", bytes("a"), "unknown-type"],
  ])("%s", (_, name, content, expected) => expect(answer(name, content)).toBe(expected));
  it("is refused in sentences", () => { for (const sentence of Object.values(attachmentRefusalSentence)) expect(sentence).toMatch(/^[A-Z].*\.$/); });
  it("is one of five types, whatever is sent", () => {
    fc.assert(fc.property(fc.string({ maxLength: 140 }), fc.uint8Array({ maxLength: 64 }), (name, content) => {
      const checked = checkAttachment(name, content);
      if (checked.ok) expect(["application/pdf", "image/png", "image/jpeg", "text/csv", "text/plain"]).toContain(checked.value.mediaType);
    }), { numRuns: 2_000 });
  });
});
