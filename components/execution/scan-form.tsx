"use client";

import Link from "next/link";
import { useRouter } from "next/navigation";
import { useId, useRef, useState, useTransition } from "react";
import type { Keeping } from "./kept.ts";
import { useDraft } from "./use-draft.ts";
import { sendAct, sendFile, unreachable } from "./send.ts";
import type { SignedAbout } from "#lib/signature/statement.ts";

type Problem = { readonly sentence: string; readonly override?: SignedAbout | undefined; readonly asks?: boolean };
type Props = { readonly at: Keeping; readonly signAddress: string; readonly stepId: string; readonly kind: "charge" | "bind"; readonly unit?: string; readonly offers: readonly { readonly id: string; readonly text: string }[] };
const words = { charge: { label: "Lot or container", hint: "Scan the label, or type its number.", button: "Charge" }, bind: { label: "Unit", hint: "Scan the label, or type its number.", button: "Bind unit" } } as const;

function Refusal({ problem, signAddress }: { problem: Problem; signAddress: string }) {
  const query = problem.override ? new URLSearchParams({ meaning: "override_approved", about: JSON.stringify(problem.override) }).toString() : undefined;
  return <div className="problem" role="alert"><h3>Refused</h3><p>{problem.sentence}</p>{query ? <p>Quality may let it in as an exception: <Link href={`${signAddress}?${query}`}>open the signing of this use</Link> on quality’s device, then scan again here.</p> : null}</div>;
}

/** A strange amount, or a lot that is not the first to expire: asked about once, then charged as it is. */
function Asked({ problem, keep, busy }: { readonly problem: Problem; readonly keep: () => void; readonly busy: boolean }) {
  return <div className="ask" role="alert"><h3>Is this right?</h3><p>{problem.sentence}</p><div className="ask-buttons"><button type="button" className="button touch" disabled={busy} onClick={keep}>Charge it as typed</button></div></div>;
}

/** Takes a scanned or typed label: a lot with the quantity charged, or a unit. What is typed stays in this browser until the portal has it; sent twice it counts once. */
export function ScanForm({ at, signAddress, stepId, kind, unit, offers }: Props) {
  const router = useRouter();
  const id = useId();
  const [scanned, scan] = useDraft(at, stepId, kind);
  const [quantity, weigh] = useDraft(at, stepId, `${kind} quantity`);
  const sending = useRef<{ readonly what: string; readonly submission: string }>(undefined);
  const [problem, setProblem] = useState<Problem>();
  const [busy, start] = useTransition();
  const send = (confirmed: boolean) => start(async () => {
    const what = `${scanned} ${quantity}`;
    if (sending.current?.what !== what) sending.current = { what, submission: crypto.randomUUID() };
    const answer = await sendAct(at.address, { act: kind, stepId, scanned, ...(kind === "charge" ? { quantity, unit, confirmed, submission: sending.current.submission } : {}) });
    // Not reached: perhaps it arrived all the same, so it keeps its number and counts once.
    if (!answer) return setProblem({ sentence: unreachable });
    sending.current = undefined;
    if (!answer.ok) return setProblem({ sentence: answer.error ?? "The portal did not take it.", override: answer.override, asks: answer.kind === "confirm" });
    setProblem(undefined);
    scan("");
    weigh("");
    router.refresh();
  });
  return (
    <form className="entry-form" onSubmit={(event) => { event.preventDefault(); send(false); }} noValidate>
      {problem?.asks ? <Asked problem={problem} keep={() => send(true)} busy={busy} /> : problem ? <Refusal problem={problem} signAddress={signAddress} /> : null}
      <div className="grid-2">
        <div className="field"><label htmlFor={id}>{words[kind].label}</label><input id={id} list={`${id}-offers`} value={scanned} autoComplete="off" onChange={(event) => scan(event.target.value)} aria-describedby={`${id}-hint`} /><p className="hint" id={`${id}-hint`}>{words[kind].hint}</p><datalist id={`${id}-offers`}>{offers.map((offer) => <option key={offer.id} value={offer.id}>{offer.text}</option>)}</datalist></div>
        {kind === "charge" ? <div className="field"><label htmlFor={`${id}-quantity`}>Quantity, {unit}</label><input id={`${id}-quantity`} value={quantity} inputMode="decimal" autoComplete="off" onChange={(event) => weigh(event.target.value)} /></div> : null}
      </div>
      <button type="submit" className="button touch" disabled={busy}>{busy ? "Being checked" : words[kind].button}</button>
    </form>
  );
}

/** Attaches a file to the step. */
export function FileForm({ at: { address }, stepId }: { readonly at: Keeping; readonly stepId: string }) {
  const router = useRouter();
  const id = useId();
  const [problem, setProblem] = useState<string>();
  const [busy, start] = useTransition();
  const take = (event: React.ChangeEvent<HTMLInputElement>) => {
    const input = event.target;
    const file = input.files?.[0];
    if (!file) return;
    start(async () => {
      const answer = await sendFile(address, stepId, file);
      input.value = "";
      setProblem(answer?.ok ? undefined : (answer?.error ?? unreachable));
      if (answer?.ok) router.refresh();
    });
  };
  return <div className="field">{problem ? <p className="problem" role="alert">{problem}</p> : null}<label htmlFor={id}>Attach a file <span className="quiet font-normal">(PDF, PNG, JPEG, CSV or TXT, at most 10 MB)</span></label><input id={id} type="file" disabled={busy} onChange={take} /></div>;
}
