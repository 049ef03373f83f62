import type { JWK } from "jose";
import type { SiteTx } from "#db/scope.ts";
import type { Actor } from "#lib/access/actor.ts";
import type { Role } from "#lib/access/permission.ts";
import type { AuditEvent, AuditSubject } from "#lib/audit/event.ts";
import type { Result } from "#lib/result.ts";
import type { Ceremony } from "./ceremony.ts";
import type { SignedMeaning } from "./meaning.ts";
import type { Obstacle } from "./obstacle.ts";
import type { SigningMeans } from "./standing-queries.ts";
import type { SignedAbout, SignedRecordType } from "./statement.ts";

type Stamp = { readonly now: Date; readonly newId: () => string };
/** What a person asks to sign: a meaning, taking the signature with that ordinal back, or a decision about something within the record. */
export type SigningRequest = { readonly meaning: SignedMeaning; readonly withdraws?: number | undefined; readonly ceremony?: Ceremony | undefined; readonly about?: SignedAbout | undefined };
/** A signature as it was made, for what follows from it. */
export type MadeSignature = { readonly ordinal: number; readonly digest: string; readonly method: "identity-provider" | "passkey"; readonly recordDigest: string; readonly reason: string; readonly comment: string };
/** The role it is signed under, the one readable sentence, and what the signature changes; `perform` runs in the signature's transaction and says what the trail is told. */
export type SigningDecision = { readonly role: Role; readonly sentence: string; readonly perform: (tx: SiteTx, made: MadeSignature, stamp: Stamp) => Promise<AuditEvent> };

/** Which record: its kind, the site (or the enterprise) that owns it, its id. */
export type RecordReference = { readonly type: SignedRecordType; readonly siteId: string; readonly recordId: string };

/** A record as signing sees it, read and locked in the transaction that signs: whatever its kind, one digest, one chain, one decision. */
export type Signable = RecordReference & {
  readonly batchId: string | null;
  readonly digest: string;
  readonly last: { readonly ordinal: number; readonly digest: string } | undefined;
  readonly subject: AuditSubject;
  /** Said when the record is not the one that was shown any more. */
  readonly changed: string;
  /** May this person sign this now? Asked when the signing is opened and again when the proof is back (21 CFR 11.10(g)). Every obstacle is named at once. */
  readonly decide: (actor: Actor, means: SigningMeans, request: SigningRequest) => Result<SigningDecision, readonly Obstacle[]>;
};
/** Locks and reads a record for signing. `key`: the portal's signing key. Throws `NotFound`. */
export type ReadSignable = (tx: SiteTx, reference: RecordReference, key: JWK) => Promise<Signable>;
