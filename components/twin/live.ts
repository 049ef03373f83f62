"use client";

import { useEffect, useRef, useState } from "react";
import { liveFrame, type LiveFrame } from "#lib/telemetry/frame.ts";

export type Connection = "connecting" | "live" | "interrupted";

/** Listens to a live channel. The browser comes back by itself and says what it saw last; `onReset` is called when frames were missed. */
export function useLive(channel: string, onFrame: (frame: LiveFrame) => void, onReset: () => void): Connection {
  const [connection, setConnection] = useState<Connection>("connecting");
  const handlers = useRef({ onFrame, onReset });
  useEffect(() => { handlers.current = { onFrame, onReset }; });
  useEffect(() => {
    const source = new EventSource(`/api/live/${channel}`);
    const take = (event: MessageEvent<string>) => {
      const parsed = liveFrame.safeParse(JSON.parse(event.data));
      if (parsed.success) handlers.current.onFrame(parsed.data);
    };
    source.addEventListener("open", () => setConnection("live"));
    source.addEventListener("error", () => setConnection("interrupted"));
    source.addEventListener("values", take);
    source.addEventListener("prediction", take);
    source.addEventListener("reset", () => handlers.current.onReset());
    return () => source.close();
  }, [channel]);
  return connection;
}

/** The time, every second. Starts with the server's, so that both sides render the same. */
export function useNow(startedAt: number): number {
  const [now, setNow] = useState(startedAt);
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 1000);
    return () => clearInterval(timer);
  }, []);
  return now;
}
