"use client";

import { useEffect, useState } from "react";
import { localParts } from "#lib/site/time.ts";

type Props = { readonly startedAt: number; readonly zone: string; readonly place: string };

/** The time at the site with its zone and UTC. Starts with the server's time, so that both sides render the same. */
export function Clock({ startedAt, zone, place }: Props) {
  const [now, setNow] = useState(startedAt);
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 1000);
    return () => clearInterval(timer);
  }, []);
  const at = new Date(now);
  const local = localParts(at, zone);
  return (
    <div className="clock">
      <span>{local.time} {local.zone} ({at.toISOString().slice(11, 16)}Z)</span>
      <small>{local.date}, {place}</small>
    </div>
  );
}
