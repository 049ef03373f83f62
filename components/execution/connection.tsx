"use client";

import { useRouter } from "next/navigation";
import { useEffect, useState } from "react";
import { kept, keptByOthers, sendKept, type Keeping, type KeptValue } from "./kept.ts";
import { keptEvent, sendAct } from "./send.ts";

const everyMs = 5_000;
export const sendValue = ({ address, person }: Keeping) => (value: KeptValue) => { const { refusal: _refusal, ...entry } = value; return sendAct(address, { act: "record", author: person, ...entry }); };

/** Whether the portal is reached, and what is kept in this browser until it is. Sends again by itself. */
export function Connection({ address, person }: Keeping) {
  const router = useRouter();
  const [online, setOnline] = useState(true);
  const [waiting, setWaiting] = useState<readonly KeptValue[]>([]);
  const [others, setOthers] = useState(0);
  useEffect(() => {
    const at = { address, person };
    const look = () => { setOnline(navigator.onLine); setWaiting(kept(localStorage, at)); setOthers(keptByOthers(localStorage, at)); };
    const flush = async () => {
      look();
      if (kept(localStorage, at).every((value) => value.refusal)) return;
      const taken = await sendKept(localStorage, at, sendValue(at));
      look();
      if (taken > 0) { window.dispatchEvent(new Event(keptEvent)); router.refresh(); }
    };
    const again = () => void flush();
    const timer = window.setInterval(again, everyMs);
    for (const name of ["online", "offline"]) window.addEventListener(name, again);
    window.addEventListener(keptEvent, look);
    void flush();
    return () => { window.clearInterval(timer); for (const name of ["online", "offline"]) window.removeEventListener(name, again); window.removeEventListener(keptEvent, look); };
  }, [address, person, router]);
  const refused = waiting.filter((value) => value.refusal).length;
  const unsent = waiting.length - refused;
  const words = [unsent > 0 ? `${unsent} ${unsent === 1 ? "value" : "values"} kept in this browser, sent when the portal is reached` : "", refused > 0 ? `${refused} to be answered` : "", others > 0 ? `${others} of somebody else, sent when they are signed in` : ""].filter(Boolean).join("; ");
  return <span className="connection" role="status"><span>{online ? "Online" : "Offline"}</span><small>{words === "" ? "Everything is recorded" : words}</small></span>;
}
