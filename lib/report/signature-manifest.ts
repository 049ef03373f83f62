import { roleName } from "#lib/access/permission.ts";
import type { BatchFile, SignatureRecord } from "#lib/release/file-queries.ts";
import { body, contentWidth, fine, mono, plain, quiet, small, strong, type Block, type Column, type Paragraph, type Row } from "#lib/document/model.ts";
import { meaningName, signatureMeanings, type SignedMeaning } from "#lib/signature/meaning.ts";
import { printedTime } from "./printed-time.ts";

type Labels = ReadonlyMap<string, string>;

/** How the signer proved himself, said as it was. */
const methodNames: Record<SignatureRecord["method"], string> = {
  "identity-provider": "Signed in again at the identity provider",
  passkey: "Signed with a passkey, user verified",
  story: "Planted with the demo story; nobody re-authenticated",
};

function methodText({ method, assertion }: SignatureRecord, labels: Labels): string {
  const label = assertion && labels.get(assertion.credentialId);
  return label ? `${methodNames[method]}: “${label}”` : methodNames[method];
}

const columns: readonly Column[] = [
  { title: "Meaning", width: 122, align: "left" }, { title: "Name and role", width: 116, align: "left" }, { title: "Signed", width: 158, align: "left" }, { title: "Method and verification", width: contentWidth - 396, align: "left" },
];

const closing: readonly SignedMeaning[] = ["approved_for_release", "rejected"];

const failing = ({ verification }: SignatureRecord): readonly string[] => verification.checked.filter((check) => !check.holds).map((check) => check.statement);

function verificationText(signature: SignatureRecord): Paragraph {
  const { verification } = signature;
  if (verification.checked.length === 0) return small(strong("Nothing was checked"));
  return verification.holds ? small(`Verification holds, ${verification.checked.length} of ${verification.checked.length} checks`) : small(strong(`Verification fails: not true that “${failing(signature).join("”, “")}”`));
}

function row(signature: SignatureRecord, timeZone: string, labels: Labels): Row {
  const { meaning, printedName, role, userName, signedAt, reason, comment, digest, covers, recordDigest, ordinal, withdrawnBy, withdraws } = signature;
  return {
    kind: "cells", marked: !signature.verification.holds, withNext: false,
    cells: [
      [body(strong(meaningName[meaning])), small(`signature ${ordinal}`), ...(withdrawnBy === null ? [] : [small(strong(`withdrawn by signature ${withdrawnBy}`))]), ...(withdraws === null ? [] : [small(`withdraws signature ${withdraws}`)]), small(covers ? "covers this record" : strong("covers an earlier record"))],
      [body(printedName), small(roleName[role]), small(userName)],
      [small(plain(printedTime(signedAt, timeZone, true))), small(`UTC ${signedAt.toISOString()}`)],
      [small(methodText(signature, labels)), verificationText(signature)],
    ],
    notes: [
      { paragraph: fine(`Reason: ${reason}. ${comment === "" ? "No comment." : `Comment: “${comment}”`}`), barred: false },
      { paragraph: fine("Signature digest ", mono(digest)), barred: false },
      ...(covers ? [] : [{ paragraph: fine("Signed for record ", mono(recordDigest), quiet(", which changed since")), barred: false }]),
    ],
  };
}

/** Every signature with name, time and meaning (21 CFR 11.50), what it covers and whether it verifies. */
export function manifest({ signatures, record, digest }: BatchFile, labels: Labels): readonly Block[] {
  const note = signatures.length === 0 ? "nobody has signed this record" : "in the order they were made; each covers the one before it";
  const heading: Block = { kind: "heading", level: "chapter", text: "Signatures", note };
  if (signatures.length === 0) return [heading];
  const open = signatureMeanings.filter((meaning) => !closing.includes(meaning) && !signatures.some((s) => s.counts && s.meaning === meaning));
  const closed = signatures.some((s) => s.counts && closing.includes(s.meaning));
  const missing = [...open.map((meaning) => meaningName[meaning]), ...(closed ? [] : ["release or rejection"])];
  const explained = fine("Each signature covers a record digest, its meaning, reason and comment, the signer, the time and the signature before it. Verified when this copy was made. The record digest of this copy is ", mono(digest), quiet("."));
  return [heading, { kind: "table", columns, rows: signatures.map((s) => row(s, record.site.timeZone, labels)), continued: "Signatures", resumed: false }, { kind: "text", paragraphs: [...(missing.length > 0 ? [small(strong("Not signed: "), missing.join(", "))] : []), explained] }];
}
