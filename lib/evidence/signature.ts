import type { signatures } from "#db/schema/signature.ts";
import { assertion, type ExportedSignature } from "./shape.ts";

/** A stored signature as a bundle holds it. Throws where a passkey's answer is not one. */
export const exportedSignature = ({ ordinal, statement, digest, method, signedAt, attestation, assertion: answer, withdraws }: typeof signatures.$inferSelect): ExportedSignature =>
  ({ ordinal, statement, digest, method, signedAt: signedAt.toISOString(), attestation, assertion: answer === null ? null : assertion.parse(answer), withdraws });
