import { generateAuthenticationOptions, generateRegistrationOptions, verifyAuthenticationResponse, verifyRegistrationResponse, type AuthenticatorTransport, type PublicKeyCredentialCreationOptionsJSON, type PublicKeyCredentialRequestOptionsJSON } from "@simplewebauthn/server";
import { and, eq, isNull, lte } from "drizzle-orm";
import { z } from "zod";
import { passkeys } from "#db/schema/signature.ts";
import type { SiteTx } from "#db/scope.ts";
import type { Actor } from "#lib/access/actor.ts";
import { installation } from "#lib/installation.ts";
import { accept, refuse, type Result } from "#lib/result.ts";
import { usable } from "./ceremony.ts";
import { coseAlgorithms, coseKeyOf } from "./cose.ts";
import { challengeOf, passkeyDigest, relyingPartyOf, verifyAssertion, type PasskeyAssertion } from "./passkey.ts";
import type { PasskeyRow, Registration } from "./passkey-commands.ts";
import type { PasskeyProof } from "./proof.ts";

/** The portal as browsers name it; the relying party is its host. */
export const portalOrigin = (): string => new URL(installation().publicUrl).origin;
export const relyingParty = (): string => relyingPartyOf(portalOrigin());

const transportsOf = (row: PasskeyRow): AuthenticatorTransport[] => row.transports.filter((t): t is AuthenticatorTransport => ["ble", "cable", "hybrid", "internal", "nfc", "smart-card", "usb"].includes(t));

/** What the browser is asked for a signing: an answer of one of the person's usable passkeys to the digest itself, user verified. */
export async function assertionOptions(tx: SiteTx, personId: string, digest: string, now: Date): Promise<PublicKeyCredentialRequestOptionsJSON> {
  const keys = await tx.select().from(passkeys).where(and(eq(passkeys.personId, personId), isNull(passkeys.revokedAt), lte(passkeys.usableFrom, now)));
  return generateAuthenticationOptions({
    rpID: relyingParty(), challenge: new Uint8Array(Buffer.from(digest, "hex")), userVerification: "required", timeout: 120_000,
    allowCredentials: keys.map((key) => ({ id: key.credentialId, transports: transportsOf(key) })),
  });
}

/** What the browser is asked for an enrolment; the challenge is the digest of the enrolment's statement. */
export async function registrationOptions(tx: SiteTx, actor: Actor, digest: string): Promise<PublicKeyCredentialCreationOptionsJSON> {
  const keys = await tx.select().from(passkeys).where(eq(passkeys.personId, actor.id));
  return generateRegistrationOptions({
    rpName: "Veribatch", rpID: relyingParty(), userName: actor.userName, userDisplayName: actor.printedName, userID: new Uint8Array(Buffer.from(actor.id.replaceAll("-", ""), "hex")),
    challenge: new Uint8Array(Buffer.from(digest, "hex")), timeout: 120_000, attestationType: "none", supportedAlgorithmIDs: Object.values(coseAlgorithms),
    authenticatorSelection: { userVerification: "required", residentKey: "preferred" }, excludeCredentials: keys.map((key) => ({ id: key.credentialId, transports: transportsOf(key) })),
  });
}

const part = z.string().max(20_000);
const registrationAnswer = z.looseObject({ id: part, rawId: part, type: z.literal("public-key"), response: z.looseObject({ clientDataJSON: part, attestationObject: part, transports: z.array(z.string().max(20)).max(8).optional() }), clientExtensionResults: z.looseObject({}).default({}) });
const assertionAnswer = z.looseObject({ id: part, rawId: part, type: z.literal("public-key"), response: z.looseObject({ clientDataJSON: part, authenticatorData: part, signature: part }), clientExtensionResults: z.looseObject({}).default({}) });

/** Verifies what an authenticator answered to an enrolment: digest, origin, relying party, user present and verified, an algorithm we can verify for ever. */
export async function checkRegistration(answer: unknown, digest: string): Promise<Result<Registration, string>> {
  const parsed = registrationAnswer.safeParse(answer);
  if (!parsed.success) return refuse("The authenticator's answer cannot be read.");
  try {
    const { verified, registrationInfo } = await verifyRegistrationResponse({
      response: parsed.data as Parameters<typeof verifyRegistrationResponse>[0]["response"], expectedChallenge: challengeOf(digest), expectedOrigin: portalOrigin(), expectedRPID: relyingParty(),
      requireUserPresence: true, requireUserVerification: true, supportedAlgorithmIDs: Object.values(coseAlgorithms),
    });
    const key = registrationInfo && coseKeyOf(registrationInfo.credential.publicKey);
    if (!verified || !registrationInfo || !key) return refuse("The authenticator's answer does not hold.");
    const { credential, credentialDeviceType, aaguid } = registrationInfo;
    return accept({
      credentialId: credential.id, publicKey: Buffer.from(credential.publicKey).toString("base64url"), algorithm: key.algorithm, signCount: credential.counter, deviceBound: credentialDeviceType === "singleDevice", aaguid,
      transports: parsed.data.response.transports ?? [],
    });
  } catch (error) {
    return refuse(error instanceof Error ? error.message.slice(0, 200) : "The authenticator's answer does not hold.");
  }
}

/** Does the library that the browsers' makers test agree with our own verification? Two readings of one specification guard each other. */
async function secondOpinion(answer: z.infer<typeof assertionAnswer>, digest: string, key: PasskeyRow): Promise<boolean> {
  const verification = verifyAuthenticationResponse({
    response: answer as Parameters<typeof verifyAuthenticationResponse>[0]["response"], expectedChallenge: challengeOf(digest), expectedOrigin: portalOrigin(), expectedRPID: relyingParty(), requireUserVerification: true,
    credential: { id: key.credentialId, publicKey: new Uint8Array(Buffer.from(key.publicKey, "base64url")), counter: key.signCount },
  });
  return verification.then(({ verified }) => verified, () => false);
}

async function faultOf(answer: z.infer<typeof assertionAnswer>, assertion: PasskeyAssertion, key: PasskeyRow | undefined, { digest, now }: { readonly digest: string; readonly now: Date }): Promise<Pick<PasskeyProof, "fault" | "signCount">> {
  if (!key) return { fault: "unknown-passkey", signCount: 0 };
  const verified = verifyAssertion(assertion, digest, portalOrigin());
  if (!verified.ok) return { fault: verified.refusal, signCount: 0 };
  const { signCount } = verified.value;
  if (key.revokedAt) return { fault: "revoked-passkey", signCount };
  if (!usable(key, now)) return { fault: "cooling-passkey", signCount };
  if ((signCount > 0 || key.signCount > 0) && signCount <= key.signCount) return { fault: "counter", signCount };
  return { fault: (await secondOpinion(answer, digest, key)) ? undefined : "bad-signature", signCount };
}

const noAnswer: PasskeyProof = { passkeyId: undefined, ownerId: undefined, fault: "malformed", assertion: { credentialId: "", publicKey: "", authenticatorData: "", clientDataJson: "", signature: "" }, signCount: 0, evidence: {} };

/** Judges a passkey's answer to a digest at the edge. */
export async function passkeyProof(tx: SiteTx, answer: unknown, digest: string, now: Date): Promise<PasskeyProof> {
  const parsed = assertionAnswer.safeParse(answer);
  if (!parsed.success) return noAnswer;
  const { id, response } = parsed.data;
  const [key] = await tx.select().from(passkeys).where(eq(passkeys.credentialId, id)).for("update");
  const assertion = { credentialId: id, publicKey: key?.publicKey ?? "", authenticatorData: response.authenticatorData, clientDataJson: response.clientDataJSON, signature: response.signature };
  const { fault, signCount } = await faultOf(parsed.data, assertion, key, { digest, now });
  return {
    passkeyId: key?.id, ownerId: key?.personId, fault, assertion, signCount,
    evidence: { origin: portalOrigin(), credentialId: id, publicKeyDigest: passkeyDigest(assertion.publicKey), label: key?.label ?? "", aaguid: key?.aaguid ?? "", deviceBound: key?.deviceBound ? "yes" : "no", signCount },
  };
}
