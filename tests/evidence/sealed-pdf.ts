import { createPrivateKey, X509Certificate } from "node:crypto";
import { CryptoKeySigner, PDF } from "@libpdf/core";
import { makeSealKey } from "#lib/document/seal-key.ts";
import type { RegisterKey } from "#lib/evidence/shape.ts";
import type { StoredKey } from "#lib/ledger/key-store.ts";

export type SealKey = { readonly stored: StoredKey; readonly certificate: Uint8Array; readonly row: RegisterKey };

/** A fresh seal key with its certificate, as the register names it. */
export async function sealKey(validFrom: string): Promise<SealKey> {
  const stored = await makeSealKey("veribatch-5e7a11c0", new Date(validFrom));
  const certificate = new Uint8Array(Buffer.from(stored.certificate ?? "", "base64"));
  if (!new X509Certificate(certificate).subject.includes("document seal")) throw new Error("not a seal");
  return { stored, certificate, row: { id: stored.id, owner: "enterprise", purpose: "seal", name: stored.name, algorithm: "RSA-3072", publicKey: stored.certificate ?? "", validFrom, validTo: null } };
}

/** A document of one page that carries the text as `evidence.json`, sealed by the key. */
export async function sealedPdf(text: string, key: SealKey, name = "evidence.json"): Promise<Uint8Array> {
  const pdf = PDF.create();
  pdf.addPage({ size: "a4" });
  pdf.attachments.add(name, new TextEncoder().encode(text), { mimeType: "application/json" });
  const pkcs8 = createPrivateKey({ key: Buffer.from(key.stored.privateKey, "base64"), format: "der", type: "pkcs8" }).export({ format: "der", type: "pkcs8" });
  const privateKey = await crypto.subtle.importKey("pkcs8", new Uint8Array(pkcs8), { name: "RSASSA-PKCS1-v1_5", hash: "SHA-256" }, false, ["sign"]);
  const { bytes } = await pdf.sign({ signer: new CryptoKeySigner(privateKey, key.certificate, "RSA", "RSASSA-PKCS1-v1_5"), reason: "Seal", signingTime: new Date("2026-03-03T10:00:00.000Z") });
  return bytes;
}
