import { createPrivateKey, sign, constants } from "node:crypto";
import { PDF, type DigestAlgorithm, type Signer } from "@libpdf/core";
import PdfDocument from "pdfkit";
import { makeSealKey } from "#lib/document/seal-key.ts";
import { synthetic, type Made } from "./synthetic.ts";

export type Padding = "RSASSA-PKCS1-v1_5" | "RSA-PSS";
export type SealedCase = { readonly made: Made; readonly pdf: Uint8Array };

/** A page that carries the bundle as evidence.json, not yet sealed. */
async function printed(bundle: string, compress: boolean): Promise<Uint8Array> {
  const document = new PdfDocument({ compress });
  const parts: Buffer[] = [];
  const ended = new Promise<void>((resolve) => document.on("end", resolve));
  document.on("data", (part: Buffer) => parts.push(part));
  document.text("Electronic batch record");
  document.file(Buffer.from(bundle), { name: "evidence.json", type: "application/json" });
  document.end();
  await ended;
  return Buffer.concat(parts);
}

/** Seals with the key's private half, padded either way. */
function signerOf(certificate: Uint8Array, privateKey: string, padding: Padding): Signer {
  const key = createPrivateKey({ key: Buffer.from(privateKey, "base64"), format: "der", type: "pkcs8" });
  const pss = { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: 32 };
  return {
    certificate, keyType: "RSA", signatureAlgorithm: padding,
    sign: (data: Uint8Array, algorithm: DigestAlgorithm) => Promise.resolve(new Uint8Array(sign(algorithm.replace("-", "").toLowerCase(), data, padding === "RSA-PSS" ? { key, ...pss } : key))),
  };
}

/** A PDF around a synthetic bundle, sealed by a key of the bundle's own register. */
export async function sealedPdf(padding: Padding, subFilter: "ETSI.CAdES.detached" | "adbe.pkcs7.detached" = "ETSI.CAdES.detached"): Promise<SealedCase> {
  const made = synthetic();
  const key = await makeSealKey("veribatch-5e7a11c0", new Date(Date.parse(made.facts.exportedAt) - 3_600_000));
  const row = { id: key.id, owner: key.owner, purpose: "seal" as const, name: key.name, algorithm: "RSA-3072" as const, publicKey: key.certificate ?? "", validFrom: key.createdAt, validTo: null };
  const text = made.sealed({ ...made.content, keys: [...made.content.keys, row].sort((a, b) => (a.id < b.id ? -1 : 1)) });
  const pdf = await PDF.load(await printed(text, subFilter === "ETSI.CAdES.detached"));
  const { bytes } = await pdf.sign({ signer: signerOf(new Uint8Array(Buffer.from(key.certificate ?? "", "base64")), key.privateKey, padding), subFilter, digestAlgorithm: "SHA-256", reason: "Export" });
  return { made, pdf: bytes };
}
