"use client";

import Link from "next/link";
import { useActionState, useState, useTransition } from "react";
import { Icon } from "../ui/icon.tsx";
import { openSigningAction, type SigningForm } from "#lib/signing/actions.ts";
import { policyName, type Ceremony, type SigningPolicy } from "#lib/signature/ceremony.ts";
import type { Continuity } from "#lib/signature/continuity.ts";
import { signWithPasskey } from "./ceremony.ts";
import { ObstacleList } from "./obstacles.tsx";

type Props = {
  readonly siteId: string; readonly batchId?: string;
  /** Kind and id of a record that is no batch, and how a sentence calls it. */
  readonly recordType?: string; readonly recordId?: string; readonly what?: string;
  readonly meaning: string; readonly withdraws: number | undefined; /** What within the record is decided about, as JSON text. */ readonly about?: string | undefined; readonly meaningName: string; readonly reasons: readonly string[]; readonly shownDigest: string;
  readonly address: string; readonly act: string; readonly signer: string;
  /** Ceremonies open to this person now: at least one. */
  readonly open: readonly Ceremony[]; readonly policy: SigningPolicy; readonly passkeys: readonly string[]; readonly cooling: number; readonly continuity: Continuity;
};
const start: SigningForm = {};
type Problem = Pick<SigningForm, "problem" | "field" | "obstacles"> & { readonly sentences?: readonly string[] };

function ProblemBox({ state, address }: { state: Problem; address: string }) {
  if (!state.problem) return null;
  return (
    <div className="problem" role="alert"><h2>Nothing was signed</h2>
      {state.obstacles && state.obstacles.length > 0 ? <ObstacleList obstacles={state.obstacles} address={address} />
        : state.sentences && state.sentences.length > 0 ? <ul>{state.sentences.map((s) => <li key={s}>{s}</li>)}</ul>
        : <p>{state.field ? <a href={`#${state.field}`}>{state.problem}</a> : state.problem}</p>}
    </div>
  );
}

/** Why a ceremony is not offered, in words. */
function missing({ open, policy, cooling }: Props): React.ReactNode {
  if (open.includes("passkey")) return policy === "passkey" ? `This site asks for: ${policyName[policy]}.` : null;
  if (policy === "identity-provider") return `This site asks for: ${policyName[policy]}.`;
  if (cooling > 0) return <>Your passkey may not sign yet: <Link href="/account#passkeys">see from when</Link>.</>;
  return <>No passkey enrolled: <Link href="/account#passkeys">enrol one</Link>.</>;
}

function Ceremonies({ chosen, choose, ...props }: Props & { readonly chosen: Ceremony; readonly choose: (c: Ceremony) => void }) {
  const said: Record<Ceremony, { readonly name: string; readonly how: string }> = {
    passkey: { name: "Passkey", how: `${props.passkeys.join(" or ")}: touch it and enter its PIN or biometric` },
    "identity-provider": { name: "Sign in again", how: props.continuity === "first" ? "Company sign-in: you enter user name and password there and come back here" : "Company sign-in: you enter your password there and come back here" },
  };
  return (
    <fieldset><legend>Prove it is you</legend>
      {(["passkey", "identity-provider"] as const).filter((c) => props.open.includes(c)).map((c) => (
        <label key={c} className={`choice${c === chosen ? " chosen" : ""}`}>
          <input type="radio" name="ceremony" value={c} checked={c === chosen} onChange={() => choose(c)} /><b>{said[c].name}</b><Icon name={c === "passkey" ? "key" : "enter"} /><small>{said[c].how}</small>
        </label>
      ))}
      <p className="tiny quiet mt-2">{missing(props)} Signing as {props.signer}. This signature binds you like your handwritten one.</p>
    </fieldset>
  );
}

/** Which record is signed, as the form sends it. */
const RecordFields = ({ batchId, recordType, recordId }: Pick<Props, "batchId" | "recordType" | "recordId">) =>
  Object.entries({ batchId, recordType, recordId }).map(([name, value]) => (value === undefined ? null : <input key={name} type="hidden" name={name} value={value} />));

/** Reason, comment and the proof of presence. What was typed stays when the signing is refused. */
export function SignForm(props: Props) {
  const [state, act, busy] = useActionState(openSigningAction, start);
  const [comment, setComment] = useState("");
  const [chosen, choose] = useState<Ceremony>(props.open.includes("passkey") ? "passkey" : "identity-provider");
  const [problem, setProblem] = useState<Problem>();
  const [answering, startAnswering] = useTransition();
  const submit = (event: React.FormEvent<HTMLFormElement>) => {
    setProblem(undefined);
    if (chosen !== "passkey") return;
    event.preventDefault();
    const fields = Object.fromEntries(new FormData(event.currentTarget));
    if (comment.trim().length < 10) return setProblem({ problem: "Write a comment of at least 10 characters; it is kept in the record.", field: "comment" });
    startAnswering(async () => {
      const end = await signWithPasskey(fields);
      if ("address" in end) window.location.assign(end.address);
      else setProblem({ problem: end.problem, sentences: end.obstacles ?? [] });
    });
  };
  const shown: Problem = chosen === "passkey" ? (problem ?? {}) : state;
  const waiting = busy || answering;
  return (
    <form action={act} onSubmit={submit} noValidate>
      <div className="body">
        <ProblemBox state={shown} address={props.address} />
        <input type="hidden" name="siteId" value={props.siteId} /><RecordFields {...props} /><input type="hidden" name="meaning" value={props.meaning} /><input type="hidden" name="shownDigest" value={props.shownDigest} />
        {props.withdraws === undefined ? null : <input type="hidden" name="withdraws" value={props.withdraws} />}
        {props.about === undefined ? null : <input type="hidden" name="about" value={props.about} />}
        <div className="grid-2">
          <div className="field"><span className="label">Meaning</span><p className="p-2">{props.meaningName}</p></div>
          <div className="field"><label htmlFor="reason">Reason</label><select id="reason" name="reason" aria-invalid={shown.field === "reason" || undefined}>{props.reasons.map((r) => <option key={r}>{r}</option>)}</select></div>
        </div>
        <div className="field">
          <label htmlFor="comment">Comment <span className="quiet font-normal">(required, kept in the record)</span></label>
          <textarea id="comment" name="comment" value={comment} onChange={(e) => setComment(e.target.value)} aria-invalid={shown.field === "comment" || undefined} aria-describedby="comment-hint" />
          <p className="hint" id="comment-hint">At least 10 characters. It is shown with your signature wherever the record is shown or printed.</p>
        </div>
        <Ceremonies {...props} chosen={chosen} choose={(c) => { choose(c); setProblem(undefined); }} />
      </div>
      <footer>
        <p>If the {props.what ?? "batch"} changes before you finish, nothing is signed. The signing stays open for 10 minutes.</p>
        <Link className="button" href={props.address}>Cancel</Link>
        <button type="submit" className="button primary large" disabled={waiting}><Icon name="key" />{waiting ? (chosen === "passkey" ? "Waiting for the passkey" : "Opening the sign-in") : chosen === "passkey" ? `Use passkey and ${props.act}` : `Sign in and ${props.act}`}</button>
      </footer>
    </form>
  );
}
