import { createPrivateKey, sign } from "node:crypto";
import { PDF, type DigestAlgorithm, type Signer } from "@libpdf/core";
import PdfDocument from "pdfkit";
import { makeSealKey } from "#lib/document/seal-key.ts";
import { synthetic, type Made } from "./synthetic.ts";

export type SealedCase = { readonly made: Made; readonly pdf: Uint8Array };

/** A page that carries the bundle as evidence.json, not yet sealed. */
async function printed(bundle: string): Promise<Uint8Array> {
  const document = new PdfDocument();
  const parts: Buffer[] = [];
  const ended = new Promise<void>((resolve) => document.on("end", resolve));
  document.on("data", (part: Buffer) => parts.push(part));
  document.text("Electronic batch record");
  document.file(Buffer.from(bundle), { name: "evidence.json", type: "application/json" });
  document.end();
  await ended;
  return Buffer.concat(parts);
}

/** Seals with the key's private half. */
function signerOf(certificate: Uint8Array, privateKey: string): Signer {
  const key = createPrivateKey({ key: Buffer.from(privateKey, "base64"), format: "der", type: "pkcs8" });
  return {
    certificate, keyType: "RSA", signatureAlgorithm: "RSASSA-PKCS1-v1_5",
    sign: (data: Uint8Array, algorithm: DigestAlgorithm) => Promise.resolve(new Uint8Array(sign(algorithm.replace("-", "").toLowerCase(), data, key))),
  };
}

/** A PDF around a synthetic bundle, sealed by a key of the bundle's own register. */
export async function sealedPdf(): Promise<SealedCase> {
  const made = synthetic();
  const key = await makeSealKey("veribatch-5e7a11c0", new Date(Date.parse(made.facts.exportedAt) - 3_600_000));
  const row = { id: key.id, owner: key.owner, purpose: "seal" as const, name: key.name, algorithm: "RSA-3072" as const, publicKey: key.certificate ?? "", validFrom: key.createdAt, validTo: null };
  const text = made.sealed({ ...made.content, keys: [...made.content.keys, row].sort((a, b) => (a.id < b.id ? -1 : 1)) });
  const pdf = await PDF.load(await printed(text));
  const { bytes } = await pdf.sign({ signer: signerOf(new Uint8Array(Buffer.from(key.certificate ?? "", "base64")), key.privateKey), subFilter: "ETSI.CAdES.detached", digestAlgorithm: "SHA-256", reason: "Export" });
  return { made, pdf: bytes };
}
