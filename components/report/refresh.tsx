"use client";

import { useRouter } from "next/navigation";
import { useEffect } from "react";

const every = 1_000;

/** Asks for the page anew while something on it is being made; without JavaScript the page reloads itself. */
export function Refresh() {
  const router = useRouter();
  useEffect(() => {
    const timer = setInterval(() => router.refresh(), every);
    return () => clearInterval(timer);
  }, [router]);
  return <noscript><meta httpEquiv="refresh" content="3" /></noscript>;
}
