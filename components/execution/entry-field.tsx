"use client";

import { useRouter } from "next/navigation";
import { useEffect, useId, useState, useTransition } from "react";
import { Gauge } from "../charts/gauge.tsx";
import { sendValue } from "./connection.tsx";
import { draft, keep, keepDraft, kept, letGo, sendKept, type KeptValue } from "./kept.ts";
import { keptEvent } from "./send.ts";
import type { AskedValue } from "#lib/batch/entry.ts";
import { zoneOf } from "#lib/quantity/limit.ts";

type Props = { readonly address: string; readonly stepId: string; readonly asked: AskedValue; /** Version that stands, 0 for none. */ readonly version: number; readonly current: string | undefined };

const minute = 60_000;

function useKept(address: string, stepId: string, parameter: string): KeptValue | undefined {
  const [value, setValue] = useState<KeptValue>();
  useEffect(() => {
    const look = () => setValue(kept(localStorage, address).find((one) => one.stepId === stepId && one.parameter === parameter));
    look();
    window.addEventListener(keptEvent, look);
    return () => window.removeEventListener(keptEvent, look);
  }, [address, stepId, parameter]);
  return value;
}

function Refused({ value, again, discard }: { value: KeptValue; again: (confirmed: boolean) => void; discard: () => void }) {
  if (!value.refusal) return <p className="notice" role="status">{value.value} {value.unit}, typed {new Date(value.eventAt).toLocaleTimeString()}, is kept in this browser. It is sent with that time as soon as the portal is reached.</p>;
  const asks = value.refusal.kind === "confirm";
  return (
    <div className="ask" role="alert">
      <h3>{asks ? `${value.value} ${value.unit}: is this right?` : `${value.value} ${value.unit} was not recorded`}</h3>
      <p>{value.refusal.sentence}</p>
      <div className="ask-buttons">
        <button type="button" className="button touch" onClick={discard}>{asks ? "Type it again" : "Put it away"}</button>
        {asks ? <button type="button" className="button touch" onClick={() => again(true)}>Keep {value.value} {value.unit}<small>Leaves an exception in the record</small></button> : null}
      </div>
    </div>
  );
}

function Input({ asked, id, text, type }: { asked: AskedValue; id: string; text: string; type: (text: string) => void }) {
  if (asked.form === "choice") return <fieldset className="choices" aria-label={asked.name}>{(asked.options ?? []).map((option) => <label key={option.value} className={`choice${text === option.value ? " chosen" : ""}`}><input type="radio" name={id} value={option.value} checked={text === option.value} onChange={() => type(option.value)} /><b>{option.value}</b></label>)}</fieldset>;
  if (asked.form === "text") return <textarea id={id} value={text} onChange={(event) => type(event.target.value)} />;
  const zone = text.trim() !== "" && Number.isFinite(Number(text)) ? zoneOf(Number(text), asked.limits) : "normal";
  return (
    <div className={`big-entry${zone === "normal" ? "" : " outside"}`}>
      <span className="big-field"><input id={id} value={text} inputMode="decimal" autoComplete="off" aria-describedby={`${id}-zone`} onChange={(event) => type(event.target.value)} /><span>{asked.unit}</span></span>
      {text.trim() !== "" && Number.isFinite(Number(text)) && Object.keys(asked.limits).length > 0 ? <Gauge value={Number(text)} limits={asked.limits} {...(zone === "normal" ? {} : { tone: "abnormal" as const })} /> : null}
      <p id={`${id}-zone`} className="tiny">{zone === "normal" ? "" : zone === "beyond" ? "Beyond what is possible" : "Outside the limits: it will be recorded with an exception"}</p>
    </div>
  );
}

/** Asks for one value, or for its correction. What is typed stays in this browser until the portal has it. */
export function EntryField({ address, stepId, asked, version, current }: Props) {
  const router = useRouter();
  const id = useId();
  const waiting = useKept(address, stepId, asked.id);
  const [text, setText] = useState("");
  const [reason, setReason] = useState("");
  const [minutesAgo, setMinutesAgo] = useState("");
  const [correcting, setCorrecting] = useState(version === 0);
  const [busy, start] = useTransition();
  useEffect(() => setText((now) => now || draft(localStorage, address, stepId, asked.id)), [address, stepId, asked.id]);
  useEffect(() => setCorrecting(version === 0), [version]);
  const type = (next: string) => { setText(next); keepDraft(localStorage, address, stepId, asked.id, next); };
  const hand = (value: KeptValue) => start(async () => {
    keep(localStorage, address, value);
    await sendKept(localStorage, address, sendValue(address));
    window.dispatchEvent(new Event(keptEvent));
    if (kept(localStorage, address).some((one) => one.submission === value.submission)) return;
    setText("");
    setReason("");
    setMinutesAgo("");
    router.refresh();
  });
  const submit = (event: React.FormEvent) => {
    event.preventDefault();
    const ago = Number(minutesAgo) > 0 ? Number(minutesAgo) * minute : 0;
    hand({ submission: crypto.randomUUID(), stepId, parameter: asked.id, value: text.trim(), unit: asked.unit, eventAt: new Date(Date.now() - ago).toISOString(), basedOn: version, reason, instrument: "", confirmed: false });
  };
  const discard = () => { if (waiting) letGo(localStorage, address, waiting.submission); window.dispatchEvent(new Event(keptEvent)); router.refresh(); };
  const again = (confirmed: boolean) => { if (!waiting) return; const { refusal: _refusal, ...value } = waiting; letGo(localStorage, address, waiting.submission); hand({ ...value, confirmed, submission: crypto.randomUUID() }); };
  if (!correcting) return <button type="button" className="button" onClick={() => setCorrecting(true)}>Correct {asked.name}</button>;
  return (
    <form className="entry-form" onSubmit={submit} noValidate>
      {waiting ? <Refused value={waiting} again={again} discard={discard} /> : null}
      <div className="field"><label htmlFor={id}>{version === 0 ? asked.name : `${asked.name}, corrected (now ${current ?? ""} ${asked.form ? "" : asked.unit})`}</label><Input asked={asked} id={id} text={text} type={type} /></div>
      {version > 0 || minutesAgo !== "" ? <div className="field"><label htmlFor={`${id}-reason`}>Reason <span className="quiet font-normal">(kept in the record)</span></label><textarea id={`${id}-reason`} value={reason} onChange={(event) => setReason(event.target.value)} /></div> : null}
      <details><summary>Read earlier than now</summary><div className="field"><label htmlFor={`${id}-ago`}>Minutes ago</label><input id={`${id}-ago`} value={minutesAgo} inputMode="numeric" onChange={(event) => setMinutesAgo(event.target.value)} /></div></details>
      <span className="act-buttons">
        {version > 0 ? <button type="button" className="button touch" onClick={() => setCorrecting(false)}>Back</button> : null}
        <button type="submit" className="button touch" disabled={busy}>{busy ? "Being recorded" : version === 0 ? `Record ${asked.name}` : "Record correction"}</button>
      </span>
    </form>
  );
}
