"use client";

import { useState } from "react";
import { Icon } from "./icon.tsx";

/** A digest shortened in the middle; the whole of it on hover, copied on click. */
export function Digest({ value }: { value: string }) {
  const [copied, setCopied] = useState(false);
  const copy = () => void navigator.clipboard.writeText(value).then(() => setCopied(true));
  return (
    <button type="button" className="mono" title={value} onClick={copy} aria-label={`Copy digest ${value}`}>
      {value.slice(0, 8)}…{value.slice(-8)} {copied ? <span className="quiet"><Icon name="check" /> copied</span> : null}
    </button>
  );
}
