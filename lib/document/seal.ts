import { CryptoKeySigner, PDF } from "@libpdf/core";
import type { About, SealKey, Task } from "./stage.ts";

const algorithm = { name: "RSASSA-PKCS1-v1_5", hash: "SHA-256" } as const;

const der = (base64: string): Uint8Array<ArrayBuffer> => new Uint8Array(Buffer.from(base64, "base64"));

/** Seals a finished document: PAdES B-B (ETSI.CAdES.detached) by the company's key over every byte of the file; nothing may be appended afterwards. */
async function sealed(pdf: PDF, { privateKey, certificate }: SealKey, at: Date): Promise<Uint8Array> {
  const key = await crypto.subtle.importKey("pkcs8", der(privateKey), algorithm, false, ["sign"]);
  const { bytes } = await pdf.sign({
    signer: new CryptoKeySigner(key, der(certificate), "RSA", "RSASSA-PKCS1-v1_5"), subFilter: "ETSI.CAdES.detached", level: "B-B", digestAlgorithm: "SHA-256",
    reason: "Seal of the company over this copy", signingTime: at, fieldName: "Seal",
  });
  return bytes;
}

function describe(pdf: PDF, about: About): void {
  pdf.setTitle(about.title, { showInWindowTitleBar: true });
  pdf.setSubject(about.subject);
  pdf.setAuthor(about.author);
  pdf.setLanguage(about.language);
  pdf.setCreator("Veribatch");
  pdf.setCreationDate(about.createdAt);
  pdf.setModificationDate(about.createdAt);
  for (const { name, mimeType, description, text } of about.attachments) {
    pdf.attachments.add(name, new TextEncoder().encode(text), { mimeType, description, createdAt: about.createdAt, modifiedAt: about.createdAt });
  }
}

/** Joins the parts, says what they are, takes the attachments in and seals the whole; without a key it stays unsealed. */
export async function joined({ parts, about, seal }: Extract<Task, { stage: "join" }>): Promise<Uint8Array<ArrayBuffer>> {
  const pdf = await PDF.merge([...parts]);
  describe(pdf, about);
  const bytes = seal ? await sealed(pdf, seal.key, seal.at) : await pdf.save();
  return new Uint8Array(bytes);
}
