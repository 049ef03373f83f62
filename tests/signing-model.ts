import type { SignedMeaning } from "#lib/signature/meaning.ts";

/** The people of the model by their part in the story. The supervisor has performed and verified steps of the batch himself. */
export const cast = { operator: "operator.basel@demo", supervisor: "supervisor.basel@demo", lead: "lead.production.basel@demo", qa: "qa.manager@demo", qp: "qp.basel@demo" } as const;
export type Part = keyof typeof cast;
export const parts = Object.keys(cast) as readonly Part[];

export type ModelCeremony = "identity-provider" | "passkey";
export type ModelState = "complete" | "prod_reviewed" | "qa_review" | "released" | "rejected";
type Signed = { readonly meaning: SignedMeaning; readonly by: Part; readonly version: number; readonly withdraws: number | null };
export type Request = { readonly who: Part; readonly meaning: SignedMeaning; readonly withdraws: number | null; readonly ceremony: ModelCeremony };
export type OpenedSigning = Request & { readonly version: number; readonly after: number; used: boolean };

/** What the rules say, written a second time and as plainly as possible. */
export class SigningModel {
  state: ModelState = "complete";
  version = 0;
  policy: "either" | ModelCeremony = "either";
  chain: Signed[] = [];
  intents: OpenedSigning[] = [];
  revoked = new Set<Part>();
  locked = new Set<Part>();
  failures = new Map<Part, number>();

  clone(): SigningModel {
    const copy = new SigningModel();
    const { state, version, policy } = this;
    return Object.assign(copy, { state, version, policy, chain: [...this.chain], intents: this.intents.map((i) => ({ ...i })), revoked: new Set(this.revoked), locked: new Set(this.locked), failures: new Map(this.failures) });
  }

  /** Ordinals of the signatures that count. */
  counting(): readonly number[] {
    const withdrawn = new Set(this.chain.map((s) => s.withdraws));
    const kept = this.chain.map((s, i) => ({ ...s, ordinal: i + 1 })).filter((s) => s.meaning !== "withdrawn" && !withdrawn.has(s.ordinal));
    const review = kept.filter((s) => s.meaning === "production_reviewed").at(-1)?.ordinal ?? 0;
    return kept.filter((s) => s.ordinal >= review || s.meaning === "production_reviewed" || s.meaning === "approved_for_release" || s.meaning === "rejected").map((s) => s.ordinal);
  }
  #has(meaning: SignedMeaning, now: boolean): boolean {
    return this.counting().some((o) => this.chain[o - 1]?.meaning === meaning && (!now || this.chain[o - 1]?.version === this.version));
  }
  #means({ who, ceremony }: Request): boolean {
    if (this.locked.has(who)) return false;
    return (this.policy === "either" || this.policy === ceremony) && (ceremony !== "passkey" || !this.revoked.has(who));
  }
  /** The state a withdrawal leads to; undefined when it is not possible. */
  #withdrawal({ who, withdraws }: Request): ModelState | undefined {
    const target = this.chain[(withdraws ?? 0) - 1];
    if (!target || target.meaning === "withdrawn" || !this.counting().includes(withdraws ?? 0)) return undefined;
    if (target.meaning === "approved_for_release" || target.meaning === "rejected") {
      return who === "qa" && this.state === (target.meaning === "rejected" ? "rejected" : "released") ? "qa_review" : undefined;
    }
    if (target.by !== who) return undefined;
    if (target.meaning === "production_reviewed") return this.state === "prod_reviewed" || this.state === "qa_review" ? "complete" : undefined;
    return this.state === "qa_review" ? "qa_review" : undefined;
  }
  /** The state a request leads to now; undefined when somebody or something stands before it. */
  next(request: Request): ModelState | undefined {
    const { who, meaning } = request;
    if (!this.#means(request)) return undefined;
    if (meaning === "withdrawn") return this.#withdrawal(request);
    if (this.#has(meaning, true)) return undefined;
    const reviewed = this.#has("production_reviewed", false);
    if (meaning === "production_reviewed") return who === "lead" && this.state === "complete" ? "prod_reviewed" : undefined;
    if (this.state !== "qa_review") return undefined;
    if (meaning === "audit_trail_reviewed") return who === "qa" && reviewed ? "qa_review" : undefined;
    if (meaning === "site_confirmed") return who === "qp" && reviewed ? "qa_review" : undefined;
    if (who !== "qa") return undefined;
    if (meaning === "rejected") return "rejected";
    return reviewed && this.#has("audit_trail_reviewed", true) && this.#has("site_confirmed", true) ? "released" : undefined;
  }
  #fail(who: Part): void {
    if (this.locked.has(who)) return;
    const n = (this.failures.get(who) ?? 0) + 1;
    this.failures.set(who, n);
    if (n >= 5) this.locked.add(who);
  }
  open(request: Request): boolean {
    if (this.next(request) === undefined) return false;
    this.intents.push({ ...request, version: this.version, after: this.chain.length, used: false });
    return true;
  }
  /** Completes an opened signing; `good`: the person proves his own presence. */
  complete(index: number, good: boolean): boolean {
    const intent = this.intents[index];
    if (!intent) return false;
    const wasUsed = intent.used;
    intent.used = true;
    const revoked = intent.ceremony === "passkey" && this.revoked.has(intent.who);
    if (wasUsed || !good || revoked) { this.#fail(intent.who); return false; }
    if (intent.version !== this.version || intent.after !== this.chain.length) return false;
    const next = this.next(intent);
    if (next === undefined) return false;
    this.chain.push({ meaning: intent.meaning, by: intent.who, version: this.version, withdraws: intent.withdraws });
    this.state = next;
    this.failures.set(intent.who, 0);
    return true;
  }
}
