"use client";

import { startRegistration, type PublicKeyCredentialCreationOptionsJSON } from "@simplewebauthn/browser";
import Link from "next/link";
import { useState, useTransition } from "react";
import { Icon } from "../ui/icon.tsx";
import { post } from "./ceremony.ts";

type Props = { readonly intentId: string; readonly options: PublicKeyCredentialCreationOptionsJSON };

/** The second step of an enrolment: the authenticator answers to the statement that was proved. */
export function RegisterPasskey({ intentId, options }: Props) {
  const [problem, setProblem] = useState<string>();
  const [busy, start] = useTransition();
  const register = () => start(async () => {
    setProblem(undefined);
    const answer = await startRegistration({ optionsJSON: options }).catch(() => undefined);
    if (!answer) return setProblem("The authenticator gave no answer: it was cancelled, is enrolled already or timed out. Nothing was enrolled. Try again.");
    const done = await post("/api/signing/passkeys", { intentId, answer });
    if (done.ok) window.location.assign("/account?enrolled=1");
    else setProblem(done.answer.error ?? "Nothing was enrolled. Start again on your account page.");
  });
  return (
    <>
      {problem ? <div className="body pt-0"><p className="problem" role="alert">{problem}</p></div> : null}
      <footer><Link className="button" href="/account">Cancel</Link><button type="button" className="button primary large" disabled={busy} onClick={register}><Icon name="key" />{busy ? "Waiting for the authenticator" : "Register the passkey"}</button></footer>
    </>
  );
}
