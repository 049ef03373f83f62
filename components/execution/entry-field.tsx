"use client";

import { useRouter } from "next/navigation";
import { useEffect, useId, useState, useTransition } from "react";
import { Gauge } from "../charts/gauge.tsx";
import { sendValue } from "./connection.tsx";
import { keep, kept, letGo, sendKept, type Keeping, type KeptValue } from "./kept.ts";
import { keptEvent } from "./send.ts";
import { useDraft } from "./use-draft.ts";
import type { AskedValue } from "#lib/batch/entry.ts";
import { zoneOf } from "#lib/quantity/limit.ts";
import { alikeUnits } from "#lib/quantity/unit.ts";

type Props = { readonly at: Keeping; readonly stepId: string; readonly asked: AskedValue; /** Version that stands, 0 for none. */ readonly version: number; readonly current: string | undefined };

const minute = 60_000;

function useKept({ address, person }: Keeping, stepId: string, parameter: string): KeptValue | undefined {
  const [value, setValue] = useState<KeptValue>();
  useEffect(() => {
    const look = () => setValue(kept(localStorage, { address, person }).find((one) => one.stepId === stepId && one.parameter === parameter));
    look();
    window.addEventListener(keptEvent, look);
    return () => window.removeEventListener(keptEvent, look);
  }, [address, person, stepId, parameter]);
  return value;
}

type Answers = { readonly again: (confirmed: boolean) => void; readonly correct: () => void; readonly discard: () => void };

/** What the portal said about a value that is kept here, and what its author may do with it. */
function Refused({ value, again, correct, discard }: { readonly value: KeptValue } & Answers) {
  if (!value.refusal) return <p className="notice" role="status">{value.value} {value.unit}, typed {new Date(value.eventAt).toLocaleTimeString()}, is kept in this browser. It is sent with that time as soon as the portal is reached, and marked late.</p>;
  const { kind, sentence } = value.refusal;
  return (
    <div className="ask" role="alert">
      <h3>{kind === "confirm" ? `${value.value} ${value.unit}: is this right?` : `${value.value} ${value.unit} was not recorded`}</h3>
      <p>{sentence}</p>
      <div className="ask-buttons">
        <button type="button" className="button touch" onClick={discard}>{kind === "confirm" ? "Type it again" : "Put it away"}</button>
        {kind === "confirm" ? <button type="button" className="button touch" onClick={() => again(true)}>Keep {value.value} {value.unit}<small>Leaves an exception in the record</small></button> : null}
        {kind === "conflict" ? <button type="button" className="button touch" onClick={correct}>Correct with {value.value} {value.unit}<small>Asks for the reason</small></button> : null}
        {kind === "refused" ? <button type="button" className="button touch" onClick={() => again(false)}>Send it again<small>With the time it was typed</small></button> : null}
      </div>
    </div>
  );
}

type InputProps = { readonly asked: AskedValue; readonly id: string; readonly text: string; readonly type: (text: string) => void; readonly unit: string; readonly choose: (unit: string) => void };

function Input({ asked, id, text, type, unit, choose }: InputProps) {
  const units = alikeUnits(asked.unit);
  if (asked.form === "choice") return <fieldset className="choices" aria-label={asked.name}>{(asked.options ?? []).map((option) => <label key={option.value} className={`choice${text === option.value ? " chosen" : ""}`}><input type="radio" name={id} value={option.value} checked={text === option.value} onChange={() => type(option.value)} /><b>{option.value}</b></label>)}</fieldset>;
  if (asked.form === "text") return <textarea id={id} value={text} onChange={(event) => type(event.target.value)} />;
  const judged = text.trim() !== "" && Number.isFinite(Number(text)) && unit === asked.unit;
  const zone = judged ? zoneOf(Number(text), asked.limits) : "normal";
  return (
    <div className={`big-entry${zone === "normal" ? "" : " outside"}`}>
      <span className="big-field"><input id={id} value={text} inputMode="decimal" autoComplete="off" aria-describedby={`${id}-zone`} onChange={(event) => type(event.target.value)} />{units.length > 1 ? <select aria-label={`Unit of ${asked.name}`} value={unit} onChange={(event) => choose(event.target.value)}>{units.map((one) => <option key={one}>{one}</option>)}</select> : <span>{asked.unit}</span>}</span>
      {judged && Object.keys(asked.limits).length > 0 ? <Gauge value={Number(text)} limits={asked.limits} {...(zone === "normal" ? {} : { tone: "abnormal" as const })} /> : null}
      <p id={`${id}-zone`} className="tiny">{unit !== asked.unit ? `Asked for in ${asked.unit}: it will be turned into it, and leave an exception` : zone === "normal" ? "" : zone === "beyond" ? "Beyond what is possible" : "Outside the limits: it will be recorded with an exception"}</p>
    </div>
  );
}

/** Asks for one value, or for its correction. What is typed stays in this browser until the portal has it. */
export function EntryField({ at, stepId, asked, version, current }: Props) {
  const router = useRouter();
  const id = useId();
  const waiting = useKept(at, stepId, asked.id);
  const [text, type] = useDraft(at, stepId, asked.id);
  const [reason, giveReason] = useDraft(at, stepId, `${asked.id} reason`);
  const [instrument, nameInstrument] = useDraft(at, stepId, `${asked.id} instrument`);
  const [unit, setUnit] = useState(asked.unit);
  const [minutesAgo, setMinutesAgo] = useState("");
  const [correcting, setCorrecting] = useState(version === 0);
  const [busy, start] = useTransition();
  // A value that came meanwhile closes the form only where nothing is typed: who wants to correct it goes on.
  useEffect(() => { if (version === 0 || text === "") setCorrecting(version === 0); }, [version]);
  const hand = (value: KeptValue) => start(async () => {
    keep(localStorage, at, value);
    await sendKept(localStorage, at, sendValue(at));
    window.dispatchEvent(new Event(keptEvent));
    if (kept(localStorage, at).some((one) => one.submission === value.submission)) return;
    for (const clear of [type, giveReason, nameInstrument, setMinutesAgo]) clear("");
    setUnit(asked.unit);
    router.refresh();
  });
  const submit = (event: React.FormEvent) => {
    event.preventDefault();
    const ago = Number(minutesAgo) > 0 ? Number(minutesAgo) * minute : 0;
    hand({ submission: crypto.randomUUID(), stepId, parameter: asked.id, value: text.trim(), unit, eventAt: new Date(Date.now() - ago).toISOString(), basedOn: version, reason, instrument: instrument.trim(), confirmed: false });
  };
  const discard = () => { if (waiting) letGo(localStorage, at, waiting.submission); window.dispatchEvent(new Event(keptEvent)); router.refresh(); };
  const again = (confirmed: boolean) => { if (!waiting) return; const { refusal: _refusal, ...value } = waiting; letGo(localStorage, at, waiting.submission); hand({ ...value, confirmed, reason: reason.trim() === "" ? value.reason : reason, submission: crypto.randomUUID() }); };
  const correct = () => {
    if (!waiting) return;
    type(waiting.value);
    setMinutesAgo(String(Math.max(0, Math.round((Date.now() - Date.parse(waiting.eventAt)) / minute)) || ""));
    discard();
    setCorrecting(true);
  };
  if (!correcting && !waiting) return <button type="button" className="button" onClick={() => setCorrecting(true)}>Correct {asked.name}</button>;
  const asksReason = version > 0 || minutesAgo !== "" || waiting?.refusal !== undefined;
  return (
    <form className="entry-form" onSubmit={submit} noValidate>
      {waiting ? <Refused value={waiting} again={again} correct={correct} discard={discard} /> : null}
      <div className="field"><label htmlFor={id}>{version === 0 ? asked.name : `${asked.name}, corrected (now ${current ?? ""} ${asked.form ? "" : asked.unit})`}</label><Input asked={asked} id={id} text={text} type={type} unit={unit} choose={setUnit} /></div>
      {asksReason ? <div className="field"><label htmlFor={`${id}-reason`}>Reason <span className="quiet font-normal">(kept in the record)</span></label><textarea id={`${id}-reason`} value={reason} onChange={(event) => giveReason(event.target.value)} /></div> : null}
      <details><summary>Read earlier than now, or with an instrument</summary><div className="grid-2">
        <div className="field"><label htmlFor={`${id}-ago`}>Minutes ago</label><input id={`${id}-ago`} value={minutesAgo} inputMode="numeric" onChange={(event) => setMinutesAgo(event.target.value)} /></div>
        {asked.form ? null : <div className="field"><label htmlFor={`${id}-instrument`}>Instrument <span className="quiet font-normal">(number on its label)</span></label><input id={`${id}-instrument`} value={instrument} autoComplete="off" maxLength={80} onChange={(event) => nameInstrument(event.target.value)} /></div>}
      </div></details>
      <span className="act-buttons">
        {version > 0 ? <button type="button" className="button touch" onClick={() => setCorrecting(false)}>Back</button> : null}
        <button type="submit" className="button touch" disabled={busy}>{busy ? "Being recorded" : version === 0 ? `Record ${asked.name}` : "Record correction"}</button>
      </span>
    </form>
  );
}
