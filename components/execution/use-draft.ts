"use client";

import { useEffect, useState } from "react";
import { draft, keepDraft, type Keeping } from "./kept.ts";

/** Text of a field that survives a reload and a lost connection: kept in this browser for its author until it is cleared. */
export function useDraft(at: Keeping, stepId: string, field: string): readonly [string, (text: string) => void] {
  const { address, person } = at;
  const [text, setText] = useState("");
  useEffect(() => setText((now) => now || draft(localStorage, { address, person }, stepId, field)), [address, person, stepId, field]);
  const type = (next: string): void => { setText(next); keepDraft(localStorage, at, stepId, field, next); };
  return [text, type];
}
