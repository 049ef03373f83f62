import type { JWK } from "jose";
import type { SiteTx } from "#db/scope.ts";
import type { Permission } from "#lib/access/permission.ts";
import { readSignableExecution } from "#lib/execution/sign-commands.ts";
import { readSignableRecall } from "#lib/material/recall-sign-commands.ts";
import { readSignableConfiguration } from "#lib/quality/configuration-sign-commands.ts";
import { versionOfId } from "#lib/quality/configuration-queries.ts";
import { overlayOfName } from "#lib/recipe/overlay-queries.ts";
import { readSignableOverlay } from "#lib/recipe/overlay-sign-commands.ts";
import { readSignableMaster } from "#lib/recipe/sign-commands.ts";
import type { SignedMeaning } from "#lib/signature/meaning.ts";
import type { ReadSignable, RecordReference } from "#lib/signature/signable.ts";
import type { SignedRecordType } from "#lib/signature/statement.ts";

type Asked = { readonly meaning: SignedMeaning; readonly withdraws?: number | undefined; readonly about?: string | undefined };
type Signed = { readonly ordinal: number };
/** Of one kind of record: who may see it, whether it is the enterprise's, how it is read for signing, and where its pages are. */
export type RecordKind = {
  readonly permission: Permission; readonly of: "site" | "enterprise"; readonly read: ReadSignable;
  readonly page: (reference: RecordReference) => string; readonly signed: (reference: RecordReference, made: Signed) => string;
};

const batchPage = ({ siteId, recordId }: RecordReference): string => `/sites/${siteId}/batches/${encodeURIComponent(recordId)}`;
const masterPage = ({ recordId }: RecordReference): string => `/masters/${recordId.split(" v").map(encodeURIComponent).join("/")}`;
const overlayPage = ({ siteId, recordId }: RecordReference): string => { const named = overlayOfName(recordId); return `/masters/${encodeURIComponent(named?.masterId ?? "")}/${named?.masterVersion ?? ""}/overlays/${siteId}`; };
const configurationPage = ({ recordId }: RecordReference): string => `/exception-types/${versionOfId(recordId) ?? ""}`;

const recallPage = ({ siteId, recordId }: RecordReference): string => `/recalls/${siteId}/${encodeURIComponent(recordId)}`;

const kinds: Partial<Record<SignedRecordType, RecordKind>> = {
  batch: { permission: "batch.read", of: "site", read: (tx, reference, key) => readSignableExecution(tx, reference, key), page: batchPage, signed: (reference, { ordinal }) => `${batchPage(reference)}/signatures/${ordinal}?signed=1` },
  master: { permission: "master.read", of: "enterprise", read: readSignableMaster, page: masterPage, signed: (reference, { ordinal }) => `${masterPage(reference)}?signed=${ordinal}` },
  overlay: { permission: "master.read", of: "site", read: readSignableOverlay, page: overlayPage, signed: (reference, { ordinal }) => `${overlayPage(reference)}?signed=${ordinal}` },
  recall: { permission: "material.read", of: "site", read: readSignableRecall, page: recallPage, signed: (reference, { ordinal }) => `${recallPage(reference)}?signed=${ordinal}` },
  "exception-configuration": { permission: "exception.read", of: "enterprise", read: readSignableConfiguration, page: configurationPage, signed: (reference, { ordinal }) => `${configurationPage(reference)}?signed=${ordinal}` },
};

/** What is known about a kind of record; undefined where nothing of that kind can be signed. */
export const kindOf = (type: SignedRecordType): RecordKind | undefined => kinds[type];

/** Locks and reads whatever record is meant. Throws `NotFound`. */
export async function readSignable(tx: SiteTx, reference: RecordReference, key: JWK) {
  const kind = kindOf(reference.type);
  return kind?.read(tx, reference, key);
}

/** The dialog of a signing on its record's page. */
export function signPage(reference: RecordReference, { meaning, withdraws, about }: Asked): string {
  const query = new URLSearchParams({ meaning, ...(withdraws === undefined ? {} : { withdraws: String(withdraws) }), ...(about === undefined ? {} : { about }) });
  return `${kindOf(reference.type)?.page(reference) ?? "/"}/sign?${query.toString()}`;
}
