import { PDF } from "@libpdf/core";
import { joined } from "#lib/document/seal.ts";
import { makeSealKey } from "#lib/document/seal-key.ts";
import type { RegisterKey } from "#lib/evidence/shape.ts";
import type { StoredKey } from "#lib/ledger/key-store.ts";

export type SealKey = { readonly stored: StoredKey; readonly certificate: Uint8Array; readonly row: RegisterKey };

/** A fresh seal key with its certificate, as the register names it. */
export async function sealKey(validFrom: string): Promise<SealKey> {
  const stored = await makeSealKey("veribatch-5e7a11c0", new Date(validFrom));
  if (!stored.certificate) throw new Error("a seal has a certificate");
  return {
    stored, certificate: new Uint8Array(Buffer.from(stored.certificate, "base64")),
    row: { id: stored.id, owner: "enterprise", purpose: "seal", name: stored.name, algorithm: "RSA-3072", publicKey: stored.certificate, validFrom, validTo: null },
  };
}

/** A document of one page that carries the text as `evidence.json`, joined and sealed as the portal does. */
export async function sealedPdf(text: string, { stored }: SealKey, name = "evidence.json"): Promise<Uint8Array> {
  const page = PDF.create();
  page.addPage({ size: "a4" });
  const at = new Date("2026-03-03T10:00:00.000Z");
  return joined({
    stage: "join", parts: [new Uint8Array(await page.save())],
    about: { title: "Record", subject: "A record", author: "Somebody", language: "en-GB", createdAt: at, attachments: [{ name, mimeType: "application/json", description: "Evidence", text }] },
    seal: { key: { privateKey: stored.privateKey, certificate: stored.certificate ?? "" }, at },
  });
}
