const mostKept = 50_000;

/** The curve, answering the same question from memory the second time; what throws is asked again. */
export function remembering<Curve extends { readonly verify: (...question: never[]) => boolean }>(curve: Curve): Curve {
  const known = new Map<string, boolean>();
  const verify = (...question: never[]): boolean => {
    const key = question.map((part: unknown) => (part instanceof Uint8Array ? `${part.length}:${Buffer.from(part).toString("latin1")}` : JSON.stringify(part))).join("\n");
    const kept = known.get(key);
    if (kept !== undefined) return kept;
    const answer = curve.verify(...question);
    if (known.size >= mostKept) known.clear();
    known.set(key, answer);
    return answer;
  };
  return { ...curve, verify };
}
