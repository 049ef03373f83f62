"use client";

import { useRouter } from "next/navigation";
import { useState, type FormEvent } from "react";
import { Icon } from "../ui/icon.tsx";

type State = { readonly kind: "idle" } | { readonly kind: "busy" } | { readonly kind: "refused"; readonly sentence: string } | { readonly kind: "done"; readonly fileName: string; readonly digest: string; readonly unsealed: string };

/** Hands the bytes to the browser under their name. */
function save(bytes: Blob, fileName: string): void {
  const address = URL.createObjectURL(bytes);
  const link = document.createElement("a");
  link.href = address;
  link.download = fileName;
  link.click();
  setTimeout(() => URL.revokeObjectURL(address), 60_000);
}

async function exported(address: string, form: FormData): Promise<State> {
  const answer = await fetch(address, { method: "POST", body: form });
  if (!answer.ok) return { kind: "refused", sentence: answer.headers.get("content-type")?.startsWith("text/plain") ? await answer.text() : "The portal did not answer as expected. Nothing was exported; try again in a minute." };
  const fileName = /filename="([^"]+)"/.exec(answer.headers.get("content-disposition") ?? "")?.[1] ?? "evidence.json";
  save(await answer.blob(), fileName);
  return { kind: "done", fileName, digest: answer.headers.get("x-file-digest") ?? "", unsealed: answer.headers.get("x-unsealed") ?? "" };
}

/** Asks for the reason, exports the next numbered copy and saves it. */
export function ExportForm({ address }: { readonly address: string }) {
  const [state, setState] = useState<State>({ kind: "idle" });
  const router = useRouter();
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    setState({ kind: "busy" });
    exported(address, new FormData(event.currentTarget))
      .then((next) => { setState(next); router.refresh(); })
      .catch(() => setState({ kind: "refused", sentence: "The portal could not be reached. Nothing was saved; check the connection and export again." }));
  };
  return (
    <form onSubmit={submit} className="stack">
      <div className="field"><label htmlFor="evidence-reason">Reason</label>
        <input id="evidence-reason" name="reason" type="text" required minLength={5} maxLength={200} aria-describedby="evidence-reason-hint" />
        <span id="evidence-reason-hint" className="hint">Stands in the file and in the audit trail, for instance who asked for the copy.</span></div>
      <div><button type="submit" className="button primary" disabled={state.kind === "busy"}><Icon name="download" />{state.kind === "busy" ? "Exporting" : "Export evidence"}</button></div>
      <p role="status" className="small">
        {state.kind === "busy" ? "Sealing what is not yet sealed and waiting for the ledger to cover it. This takes up to 10 s." : null}
        {state.kind === "done" ? <><b>{state.fileName}</b> was saved. SHA-256 <span className="mono evidence-digest">{state.digest}</span>{state.unsealed ? <><br />{state.unsealed}</> : null}</> : null}
      </p>
      {state.kind === "refused" ? <p className="problem" role="alert">{state.sentence}</p> : null}
    </form>
  );
}
