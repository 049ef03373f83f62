import type { SignatureRow, Verification } from "./attestation.ts";

/** A key as it was enrolled, for checking what it signed. */
export type EnrolledPasskey = { readonly credentialId: string; readonly publicKey: string; readonly personId: string; readonly usableFrom: Date; readonly revokedAt: Date | null };

/** Was the key that answered the signer's own at that time: enrolled by him, usable, and not revoked before? */
export function ownKeyThen({ assertion, signerId, signedAt }: Pick<SignatureRow, "assertion" | "signerId" | "signedAt">, enrolled: readonly EnrolledPasskey[]): boolean {
  return enrolled.some((key) => key.credentialId === assertion?.credentialId && key.publicKey === assertion.publicKey && key.personId === signerId && key.usableFrom <= signedAt && (key.revokedAt === null || key.revokedAt >= signedAt));
}

/** The verification of a signature with what the list of enrolled keys adds; a signature without a passkey stays as it is. */
export function withOwnKey(row: SignatureRow, verification: Verification, enrolled: readonly EnrolledPasskey[]): Verification {
  if (row.method !== "passkey") return verification;
  const own = ownKeyThen(row, enrolled);
  return { holds: verification.holds && own, checked: [...verification.checked, { statement: "The passkey was the signer's at that time, and not revoked", holds: own }] };
}
