"use client";

import { useRouter } from "next/navigation";
import { useEffect } from "react";

const every = 5_000;

/** Asks for the page anew every few seconds while somebody looks at it; without JavaScript the page reloads itself. */
export function LookAgain() {
  const router = useRouter();
  useEffect(() => {
    const timer = setInterval(() => { if (!document.hidden) router.refresh(); }, every);
    return () => clearInterval(timer);
  }, [router]);
  return <noscript><meta httpEquiv="refresh" content="10" /></noscript>;
}
