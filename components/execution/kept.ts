/** A value as it was typed, kept in the browser until the portal has it. Times are RFC 3339, UTC. */
export type KeptValue = {
  readonly submission: string; readonly stepId: string; readonly parameter: string; readonly value: string; readonly unit: string; readonly eventAt: string; readonly basedOn: number; readonly reason: string; readonly instrument: string; readonly confirmed: boolean;
  /** The portal could not be reached when it was typed. */ readonly kept?: boolean;
  /** What the portal said against it, and of which kind; absent while it has not answered. */
  readonly refusal?: { readonly sentence: string; readonly kind: "refused" | "confirm" | "conflict" };
};
/** Where values are kept: `localStorage`, or a map in a test. */
export type Store = Pick<Storage, "getItem" | "setItem" | "removeItem">;

/** Whose values are kept, and of which batch: a browser of the plant is shared, a value is its author's alone. `address`: the batch's route; `person`: his id. */
export type Keeping = { readonly address: string; readonly person: string };

const beginning = (address: string): string => `veribatch kept ${address} `;
const place = ({ address, person }: Keeping): string => `${beginning(address)}${person}`;
const draftPlace = ({ address, person }: Keeping, stepId: string, field: string): string => `veribatch draft ${address} ${person} ${stepId} ${field}`;

function isKept(one: unknown): one is KeptValue {
  return typeof one === "object" && one !== null && ["submission", "stepId", "parameter", "value", "eventAt"].every((member) => typeof (one as Record<string, unknown>)[member] === "string");
}

/** What is kept for a batch, oldest first; what cannot be read is left where it is and not shown. */
export function kept(store: Store, at: Keeping): readonly KeptValue[] {
  try {
    const parsed: unknown = JSON.parse(store.getItem(place(at)) ?? "[]");
    return Array.isArray(parsed) ? parsed.filter(isKept) : [];
  } catch {
    return [];
  }
}

function write(store: Store, at: Keeping, values: readonly KeptValue[]): void {
  if (values.length === 0) store.removeItem(place(at));
  else store.setItem(place(at), JSON.stringify(values));
}

/** Keeps a value; one for the same parameter of the same step that its author was only asked about gives way to it: typing anew is his answer. What was refused stays until he puts it away. */
export function keep(store: Store, at: Keeping, value: KeptValue): void {
  const others = kept(store, at).filter((one) => !(one.stepId === value.stepId && one.parameter === value.parameter && (one.refusal?.kind === "confirm" || one.submission === value.submission)));
  write(store, at, [...others, value]);
}

const replace = (store: Store, at: Keeping, value: KeptValue): void => write(store, at, kept(store, at).map((one) => (one.submission === value.submission ? value : one)));

/** The portal has it, or the person took it back. */
export const letGo = (store: Store, at: Keeping, submission: string): void => write(store, at, kept(store, at).filter((one) => one.submission !== submission));

/** How many values other people typed in this browser for the batch and that still wait for them. */
export function keptByOthers(store: Store & Pick<Storage, "key" | "length">, { address, person }: Keeping): number {
  const names = Array.from({ length: store.length }, (_, i) => store.key(i) ?? "").filter((name) => name.startsWith(beginning(address)));
  return names.map((name) => name.slice(beginning(address).length)).filter((other) => other !== person).reduce((n, other) => n + kept(store, { address, person: other }).length, 0);
}

/** What is typed in a field of a step and not yet sent, so that neither a reload nor a lost connection loses it. */
export const draft = (store: Store, at: Keeping, stepId: string, field: string): string => store.getItem(draftPlace(at, stepId, field)) ?? "";
export function keepDraft(store: Store, at: Keeping, stepId: string, field: string, text: string): void {
  if (text === "") store.removeItem(draftPlace(at, stepId, field));
  else store.setItem(draftPlace(at, stepId, field), text);
}

export type Answer = { readonly ok: boolean; readonly error?: string; readonly kind?: "refused" | "confirm" | "conflict" };
/** Sends one body; undefined when nobody could be reached. */
export type Send = (value: KeptValue) => Promise<Answer | undefined>;

/**
 * Sends what is kept, oldest first, each once: what the portal takes is let go, what it refuses stays with its reason for the person to decide, and where nobody is reached
 * everything stays and is marked as kept. Returns how many were taken.
 */
export async function sendKept(store: Store, at: Keeping, send: Send): Promise<number> {
  let taken = 0;
  for (const value of kept(store, at)) {
    if (value.refusal) continue;
    const answer = await send(value);
    if (!answer) {
      for (const waiting of kept(store, at)) if (!waiting.refusal && !waiting.kept) replace(store, at, { ...waiting, kept: true });
      return taken;
    }
    if (answer.ok) {
      letGo(store, at, value.submission);
      keepDraft(store, at, value.stepId, value.parameter, "");
      taken += 1;
    } else {
      replace(store, at, { ...value, refusal: { sentence: answer.error ?? "The portal did not take it.", kind: answer.kind ?? "refused" } });
    }
  }
  return taken;
}
