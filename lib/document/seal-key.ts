import "reflect-metadata"; // the X.509 library injects its parts through it
import { BasicConstraintsExtension, KeyUsageFlags, KeyUsagesExtension, SubjectKeyIdentifierExtension, X509CertificateGenerator } from "@peculiar/x509";
import { keyIdOf } from "#lib/digest/digest.ts";
import type { StoredKey } from "#lib/ledger/key-store.ts";

const algorithm = { name: "RSASSA-PKCS1-v1_5", hash: "SHA-256", publicExponent: new Uint8Array([1, 0, 1]), modulusLength: 3072 };
const years = 10;

/**
 * A new key that seals documents of this installation: RSA, 3,072 bits, with a certificate it has issued itself (RFC 5280). A reader's program
 * shows it as valid and its issuer as unknown until the certificate is trusted there.
 */
export async function makeSealKey(installation: string, now: Date): Promise<StoredKey> {
  const pair = await crypto.subtle.generateKey(algorithm, true, ["sign", "verify"]);
  const notAfter = new Date(now);
  notAfter.setUTCFullYear(now.getUTCFullYear() + years);
  const certificate = await X509CertificateGenerator.createSelfSigned({
    serialNumber: keyIdOf(new Uint8Array(await crypto.subtle.exportKey("spki", pair.publicKey))), name: `CN=${installation} document seal, O=${installation}`,
    notBefore: now, notAfter, signingAlgorithm: algorithm, keys: pair,
    extensions: [
      new BasicConstraintsExtension(false, undefined, true), new KeyUsagesExtension(KeyUsageFlags.digitalSignature | KeyUsageFlags.nonRepudiation, true),
      await SubjectKeyIdentifierExtension.create(pair.publicKey),
    ],
  });
  const der = new Uint8Array(certificate.rawData);
  const pkcs8 = Buffer.from(await crypto.subtle.exportKey("pkcs8", pair.privateKey)).toString("base64");
  return { id: keyIdOf(der), owner: "enterprise", purpose: "seal", name: `${installation} document seal`, createdAt: now.toISOString(), privateKey: pkcs8, certificate: Buffer.from(der).toString("base64") };
}
