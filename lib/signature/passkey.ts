import { z } from "zod";

/** What a passkey answered to a challenge, kept with the signature: every part base64url as the browser gave it. */
export const passkeyAssertion = z.object({
  credentialId: z.string(),
  /** The enrolled COSE key. */
  publicKey: z.string(),
  authenticatorData: z.string(),
  clientDataJson: z.string(),
  signature: z.string(),
});
export type PasskeyAssertion = z.infer<typeof passkeyAssertion>;
