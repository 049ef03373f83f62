"use client";

import { useState } from "react";
import { Icon } from "../ui/icon.tsx";
import { Mark } from "../ui/mark.tsx";

/** What a verification of everything the filter matches found. */
export type VerifyAnswer = { readonly checked: number; readonly proved: number; readonly waiting: number; readonly failed: readonly string[]; readonly more: boolean; readonly milliseconds: number };
type State = { readonly kind: "idle" } | { readonly kind: "busy" } | { readonly kind: "done"; readonly answer: VerifyAnswer } | { readonly kind: "problem" };

function sentence({ checked, proved, waiting, failed, more, milliseconds }: VerifyAnswer): string {
  if (checked === 0) return "Nothing was checked: no entry matches. That is no proof.";
  const counted = `${checked} checked in ${(milliseconds / 1000).toFixed(1)} s: ${proved} hold and are proved in the ledger`;
  return `${counted}${waiting > 0 ? `, ${waiting} hold and wait for the ledger` : ""}${failed.length > 0 ? `, ${failed.length} failed: ${failed.slice(0, 5).join(", ")}` : ""}${more ? ". Older entries that match were not checked" : ""}.`;
}

/** Recomputes digests and proofs of what the filter matches, and says how many. */
export function VerifyAll({ query, label }: { query: string; label: string }) {
  const [state, setState] = useState<State>({ kind: "idle" });
  const verify = async (): Promise<void> => {
    setState({ kind: "busy" });
    try {
      const response = await fetch(`/audit/verify?${query}`, { method: "POST" });
      setState(response.ok ? { kind: "done", answer: (await response.json()) as VerifyAnswer } : { kind: "problem" });
    } catch {
      setState({ kind: "problem" });
    }
  };
  const failed = state.kind === "problem" || (state.kind === "done" && (state.answer.failed.length > 0 || state.answer.checked === 0));
  return (
    <>
      <span role="status" className={failed ? "p1 small" : "small"}>{state.kind === "done" ? <>{failed ? <Mark priority={1} filled /> : <Icon name="check" />} {sentence(state.answer)}</> : state.kind === "busy" ? "Recomputing digests and proofs" : state.kind === "problem" ? "The verification did not finish. Try again." : ""}</span>
      <button type="button" className="button" disabled={state.kind === "busy"} onClick={() => void verify()}>{label}</button>
    </>
  );
}
