/** What a rule answers: the accepted value, or the refusal the form shows. */
export type Result<Value, Refusal> =
  | { readonly ok: true; readonly value: Value }
  | { readonly ok: false; readonly refusal: Refusal };

export const accept = <Value>(value: Value): { ok: true; value: Value } => ({ ok: true, value });
export const refuse = <const Refusal>(refusal: Refusal): { ok: false; refusal: Refusal } => ({ ok: false, refusal });

/** A broken promise: not a refusal to show in a form. `code` is stable and may be shown; `message` goes to the log only. */
export class BrokenPromise extends Error {
  readonly code: string;
  constructor(code: string, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = "BrokenPromise";
    this.code = code;
  }
}
