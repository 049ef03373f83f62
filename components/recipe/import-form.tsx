"use client";

import { useRef, useState, useTransition } from "react";

type Fault = { readonly place: string; readonly sentence: string };
type Answer = { readonly address?: string; readonly problem?: string; readonly faults?: readonly Fault[]; readonly more?: number };
const failed: Answer = { problem: "The portal could not answer. Nothing was taken over. Try again." };

/** Sends the file as it is; what the portal says of it comes back. */
async function send(file: File, reason: string): Promise<Answer> {
  const query = new URLSearchParams({ name: file.name.slice(0, 120), reason });
  try {
    const response = await fetch(`/masters/import?${query.toString()}`, { method: "POST", headers: { "content-type": "application/json" }, body: file });
    return (await response.json()) as Answer;
  } catch {
    return failed;
  }
}

function Refused({ answer }: { readonly answer: Answer }) {
  if (!answer.problem) return null;
  return (
    <div className="problem" role="alert"><h3>Nothing was imported</h3><p>{answer.problem}</p>
      {answer.faults && answer.faults.length > 0 ? <ul>{answer.faults.map((fault) => <li key={`${fault.place}${fault.sentence}`}><b>{fault.place}</b>: {fault.sentence}</li>)}</ul> : null}
      {answer.more ? <p>And {answer.more} more.</p> : null}</div>
  );
}

/** Takes a master over from a file of the form EBRMBR/2. */
export function ImportForm() {
  const file = useRef<HTMLInputElement>(null);
  const [reason, setReason] = useState("");
  const [answer, setAnswer] = useState<Answer>({});
  const [busy, begin] = useTransition();
  const submit = (event: React.FormEvent) => {
    event.preventDefault();
    const chosen = file.current?.files?.[0];
    if (!chosen) return setAnswer({ problem: "Choose the file of the master first." });
    if (reason.trim().length < 5) return setAnswer({ problem: "Write the reason, in at least 5 characters." });
    begin(async () => {
      const said = await send(chosen, reason.trim());
      if (said.address) window.location.assign(said.address);
      else setAnswer(said);
    });
  };
  return (
    <form onSubmit={submit} className="master-form" noValidate>
      <Refused answer={answer} />
      <div className="field"><label htmlFor="file">File of the master</label><input ref={file} id="file" type="file" accept="application/json,.json" aria-describedby="file-hint" /><p className="hint" id="file-hint">JSON of the form EBRMBR/2, at most 2 MB, as the portal exports it. It becomes a draft; no version that is here is written over.</p></div>
      <div className="field"><label htmlFor="import-reason">Why it is imported</label><input id="import-reason" value={reason} onChange={(e) => setReason(e.target.value)} maxLength={500} /></div>
      <div><button className="button" type="submit" disabled={busy}>{busy ? "Importing" : "Import the file"}</button></div>
    </form>
  );
}
