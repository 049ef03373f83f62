"use client";

import { useRouter } from "next/navigation";
import { useId, useState, useTransition } from "react";
import type { Keeping } from "./kept.ts";
import { sendAct, unreachable } from "./send.ts";
import { useDraft } from "./use-draft.ts";

type Props = { readonly at: Keeping; readonly act: Readonly<Record<string, unknown>>; readonly label: string; readonly primary?: boolean; readonly refusal?: string | undefined; /** Where to go when it is done; the page is read anew otherwise. */ readonly next?: string; /** Asks for a reason first; it is kept in this browser until the portal has it. */ readonly asks?: string };

/** One act on a step or a batch. What cannot be done now says why instead of doing it. */
export function ActButton({ at, act, label, primary = false, refusal, next, asks }: Props) {
  const router = useRouter();
  const id = useId();
  const [problem, setProblem] = useState<string>();
  const [asking, setAsking] = useState(false);
  const [reason, setReason] = useDraft(at, String(act["stepId"] ?? "batch"), `${String(act["act"])} ${String(act["number"] ?? "")} reason`);
  const [busy, start] = useTransition();
  const send = () => start(async () => {
    const answer = await sendAct(at.address, asks ? { ...act, reason } : act);
    if (answer?.ok) {
      setProblem(undefined);
      setAsking(false);
      setReason("");
      if (next) router.push(next);
      router.refresh();
      return;
    }
    setProblem(answer?.error ?? unreachable);
    if (answer?.kind === "conflict") router.refresh();
  });
  const press = () => {
    if (refusal) return setProblem(refusal);
    if (asks && !asking) return setAsking(true);
    return send();
  };
  return (
    <div className="act">
      {problem ? <p className="problem" role="alert">{problem}</p> : null}
      {asking ? <div className="field"><label htmlFor={id}>{asks} <span className="quiet font-normal">(at least 10 characters, kept in the record)</span></label><textarea id={id} value={reason} onChange={(event) => setReason(event.target.value)} /></div> : null}
      <span className="act-buttons">
        {asking ? <button type="button" className="button touch" onClick={() => { setAsking(false); setProblem(undefined); }}>Back</button> : null}
        <button type="button" className={`button touch${primary ? " primary" : ""}`} aria-disabled={refusal ? true : undefined} disabled={busy} onClick={press}>{busy ? "Being recorded" : label}</button>
      </span>
    </div>
  );
}
