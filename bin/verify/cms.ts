import { sha256 } from "@noble/hashes/sha2.js";
import { sameBytes } from "#lib/ledger/tree.ts";
import { hexOf, joined } from "./bytes.ts";
import { verifyRs256, type RsaKey } from "./crypto.ts";
import { childrenOf, derAt, tag, type Der } from "./der.ts";

/** Object identifiers by their DER content, hex. */
const oid = {
  signedData: "2a864886f70d010702", data: "2a864886f70d010701", sha256: "608648016503040201", rsa: "2a864886f70d010101", sha256WithRsa: "2a864886f70d01010b",
  contentType: "2a864886f70d010903", messageDigest: "2a864886f70d010904",
} as const;

const isOid = (element: Der | undefined, wanted: string): boolean => element?.tag === tag.oid && hexOf(element.content) === wanted;

/** An algorithm without parameters, or with NULL. */
function isAlgorithm(element: Der | undefined, ...wanted: readonly string[]): boolean {
  const [name, parameters, ...more] = childrenOf(element, tag.sequence) ?? [];
  return wanted.some((one) => isOid(name, one)) && more.length === 0 && (parameters === undefined || (parameters.tag === tag.nothing && parameters.content.length === 0));
}

const unsigned = (element: Der | undefined): Uint8Array | undefined => (element?.tag === tag.integer && element.content.length > 0 ? element.content : undefined);

type Certificate = { readonly bytes: Uint8Array; readonly issuer: Der; readonly serial: Der; readonly key: RsaKey };

/** Issuer, serial number and RSA key of an X.509 certificate (RFC 5280, 4.1). */
export function readCertificate(bytes: Uint8Array): Certificate | undefined {
  const whole = derAt(bytes);
  const [body] = childrenOf(whole, tag.sequence) ?? [];
  const [, serial, , issuer, , , keyInfo] = childrenOf(body, tag.sequence) ?? [];
  const [algorithm, bits] = childrenOf(keyInfo, tag.sequence) ?? [];
  if (!serial || !issuer || !isAlgorithm(algorithm, oid.rsa) || bits?.tag !== tag.bits || bits.content[0] !== 0 || whole?.bytes.length !== bytes.length) return undefined;
  const [modulus, exponent] = (childrenOf(derAt(bits.content.slice(1)), tag.sequence) ?? []).map(unsigned);
  return modulus && exponent ? { bytes, issuer, serial, key: { modulus, exponent } } : undefined;
}

/** The one value of a signed attribute. */
function valueOf(attributes: readonly Der[], wanted: string): Der | undefined {
  const found = attributes.map((attribute) => childrenOf(attribute, tag.sequence) ?? []).filter(([name]) => isOid(name, wanted));
  const values = found.length === 1 ? childrenOf(found[0]?.[1], tag.set) : undefined;
  return values?.length === 1 ? values[0] : undefined;
}

type Signer = { readonly certificate: Certificate; readonly attributes: Der; readonly signature: Uint8Array };

/** The parts of a detached SignedData with one signer and his certificate; undefined for any other form (RFC 5652, 5). */
function readSignedData(bytes: Uint8Array): Signer | undefined {
  const [type, wrapped, ...afterData] = childrenOf(derAt(bytes), tag.sequence) ?? [];
  const [version, algorithms, content, certificates, signers, ...rest] = childrenOf((childrenOf(wrapped, tag.context0) ?? [])[0], tag.sequence) ?? [];
  const [algorithm, ...otherAlgorithms] = childrenOf(algorithms, tag.set) ?? [];
  const encapsulated = childrenOf(content, tag.sequence) ?? [];
  const held = childrenOf(certificates, tag.context0) ?? [];
  const [signer, ...otherSigners] = childrenOf(signers, tag.set) ?? [];
  const isDetached = isOid(type, oid.signedData) && afterData.length === 0 && version !== undefined && hexOf(version.bytes) === "020101" && isAlgorithm(algorithm, oid.sha256) && otherAlgorithms.length === 0
    && encapsulated.length === 1 && isOid(encapsulated[0], oid.data) && held.length === 1 && otherSigners.length === 0 && rest.length === 0;
  const certificate = isDetached && held[0] ? readCertificate(held[0].bytes) : undefined;
  const parts = childrenOf(signer, tag.sequence) ?? [];
  const [signerVersion, name, digestAlgorithm, attributes, signatureAlgorithm, signature] = parts;
  if (!certificate || parts.length !== 6 || !signerVersion || hexOf(signerVersion.bytes) !== "020101" || !isAlgorithm(digestAlgorithm, oid.sha256) || !isAlgorithm(signatureAlgorithm, oid.rsa, oid.sha256WithRsa)) return undefined;
  const isNamed = name !== undefined && sameBytes(name.content, joined(certificate.issuer.bytes, certificate.serial.bytes)) && name.tag === tag.sequence;
  return isNamed && attributes?.tag === tag.context0 && signature?.tag === tag.octets ? { certificate, attributes, signature: signature.content } : undefined;
}

/** The certificate that signed `content`; a sentence where the signature does not hold. `bytes`: the DER of the CMS SignedData, to its end. */
export function verifySignedData(bytes: Uint8Array, content: Uint8Array): Uint8Array | string {
  const signer = readSignedData(bytes);
  if (!signer) return "the seal is not a detached CMS signature by one signer with his RSA certificate";
  const attributes = childrenOf(signer.attributes, tag.context0) ?? [];
  const digest = valueOf(attributes, oid.messageDigest);
  if (!isOid(valueOf(attributes, oid.contentType), oid.data) || digest?.tag !== tag.octets) return "the seal does not say what it signs";
  if (!sameBytes(digest.content, sha256(content))) return "the document is not the one that was sealed";
  // What is signed is the set of attributes under its own tag (RFC 5652, 5.4).
  const signed = joined(Uint8Array.from([tag.set]), signer.attributes.bytes.slice(1));
  return verifyRs256(signer.certificate.key, signed, signer.signature) ? signer.certificate.bytes : "the seal's signature does not fit its certificate";
}
