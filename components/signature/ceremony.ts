import { startAuthentication, type PublicKeyCredentialRequestOptionsJSON } from "@simplewebauthn/browser";

export type CeremonyEnd = { readonly address: string } | { readonly problem: string; readonly obstacles?: readonly string[] };
type Answer = { readonly error?: string; readonly obstacles?: readonly string[]; readonly intent?: { readonly id: string; readonly siteId: string }; readonly options?: PublicKeyCredentialRequestOptionsJSON; readonly address?: string };

export async function post(path: string, body: unknown): Promise<{ readonly ok: boolean; readonly answer: Answer }> {
  const response = await fetch(path, { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body) });
  return { ok: response.ok, answer: (await response.json().catch(() => ({ error: "The portal could not answer. Nothing was signed. Try again." }))) as Answer };
}

const declined = "The passkey gave no answer: it was cancelled, not found or timed out. Nothing was signed. Try again, or choose another way.";

/** Opens the signing, asks the passkey for an answer to exactly its digest and brings it back. */
export async function signWithPasskey(fields: Readonly<Record<string, unknown>>): Promise<CeremonyEnd> {
  const opened = await post("/api/signing/open", { ...fields, ceremony: "passkey" });
  const { intent, options } = opened.answer;
  if (!opened.ok || !intent || !options) return { problem: opened.answer.error ?? declined, ...(opened.answer.obstacles ? { obstacles: opened.answer.obstacles } : {}) };
  const answer = await startAuthentication({ optionsJSON: options }).catch(() => undefined);
  if (!answer) return { problem: declined };
  const done = await post("/api/signing/complete", { siteId: intent.siteId, intentId: intent.id, answer });
  return done.ok && done.answer.address ? { address: done.answer.address } : { problem: done.answer.error ?? declined };
}
