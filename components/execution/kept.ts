/** A value as it was typed, kept in the browser until the portal has it. Times are RFC 3339, UTC. */
export type KeptValue = {
  readonly submission: string; readonly stepId: string; readonly parameter: string; readonly value: string; readonly unit: string; readonly eventAt: string; readonly basedOn: number; readonly reason: string; readonly instrument: string; readonly confirmed: boolean;
  /** What the portal said against it, and of which kind; absent while it has not answered. */
  readonly refusal?: { readonly sentence: string; readonly kind: "refused" | "confirm" | "conflict" };
};
/** Where values are kept: `localStorage`, or a map in a test. */
export type Store = Pick<Storage, "getItem" | "setItem" | "removeItem">;

const place = (address: string): string => `veribatch kept ${address}`;
const draftPlace = (address: string, stepId: string, parameter: string): string => `veribatch draft ${address} ${stepId} ${parameter}`;

function isKept(one: unknown): one is KeptValue {
  return typeof one === "object" && one !== null && ["submission", "stepId", "parameter", "value", "eventAt"].every((member) => typeof (one as Record<string, unknown>)[member] === "string");
}

/** What is kept for a batch, oldest first; what cannot be read is left where it is and not shown. */
export function kept(store: Store, address: string): readonly KeptValue[] {
  try {
    const parsed: unknown = JSON.parse(store.getItem(place(address)) ?? "[]");
    return Array.isArray(parsed) ? parsed.filter(isKept) : [];
  } catch {
    return [];
  }
}

function write(store: Store, address: string, values: readonly KeptValue[]): void {
  if (values.length === 0) store.removeItem(place(address));
  else store.setItem(place(address), JSON.stringify(values));
}

/** Keeps a value; one for the same parameter of the same step that the portal refused gives way to it. */
export function keep(store: Store, address: string, value: KeptValue): void {
  const others = kept(store, address).filter((one) => !(one.stepId === value.stepId && one.parameter === value.parameter && (one.refusal || one.submission === value.submission)));
  write(store, address, [...others, value]);
}

/** The portal has it, or the person took it back. */
export const letGo = (store: Store, address: string, submission: string): void => write(store, address, kept(store, address).filter((one) => one.submission !== submission));

/** What is typed and not yet sent, so that a reload does not lose it. */
export const draft = (store: Store, address: string, stepId: string, parameter: string): string => store.getItem(draftPlace(address, stepId, parameter)) ?? "";
export function keepDraft(store: Store, address: string, stepId: string, parameter: string, text: string): void {
  if (text === "") store.removeItem(draftPlace(address, stepId, parameter));
  else store.setItem(draftPlace(address, stepId, parameter), text);
}

export type Answer = { readonly ok: boolean; readonly error?: string; readonly kind?: "refused" | "confirm" | "conflict" };
/** Sends one body; undefined when nobody could be reached. */
export type Send = (value: KeptValue) => Promise<Answer | undefined>;

/**
 * Sends what is kept, oldest first, each once: what the portal takes is let go, what it refuses stays with its reason for the person to decide, and where nobody is reached
 * everything stays as it is. Returns how many were taken.
 */
export async function sendKept(store: Store, address: string, send: Send): Promise<number> {
  let taken = 0;
  for (const value of kept(store, address)) {
    if (value.refusal) continue;
    const answer = await send(value);
    if (!answer) return taken;
    if (answer.ok) {
      letGo(store, address, value.submission);
      keepDraft(store, address, value.stepId, value.parameter, "");
      taken += 1;
    } else {
      keep(store, address, { ...value, refusal: { sentence: answer.error ?? "The portal did not take it.", kind: answer.kind ?? "refused" } });
    }
  }
  return taken;
}
