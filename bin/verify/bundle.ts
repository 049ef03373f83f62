import { checkCheckpoints, readSignedCheckpoint } from "./checks/checkpoints.ts";
import { checkContainer } from "./checks/container.ts";
import { checkDocuments } from "./checks/documents.ts";
import { checkEntries, readEntry } from "./checks/entries.ts";
import { checkFiles } from "./checks/files.ts";
import { checkRecord } from "./checks/record.ts";
import { checkRelated } from "./checks/related.ts";
import { checkSeal, fingerprintOf } from "./checks/seal.ts";
import { checkSegments } from "./checks/segments.ts";
import { checkSignatures } from "./checks/signatures.ts";
import { checkTimes } from "./checks/times.ts";
import type { Check, Evidence } from "./check.ts";
import type { Bundle } from "#lib/evidence/shape.ts";

/** `fingerprint`: of the register inside, empty where there is none to read; `trusted`: one was given and fits. */
export type Report = { readonly verified: boolean; readonly checks: readonly Check[]; readonly fingerprint: string; readonly trusted: boolean };
export type VerifyOptions = {
  /** Fingerprint of the register, 64 hex digits, from somewhere else than the file. */
  readonly trust?: string | undefined;
};

/** Kinds of which at least one must have been looked at, whatever a manifest says. */
const never = new Set(["entries", "checkpoints", "times"]);

/**
 * Checks an evidence bundle as docs/evidence-format.md says, section "What a verifier checks". Pure and synchronous: the same in
 * Node and in a browser, with no clock and no network.
 */
export const verifyBundle = (bytes: Uint8Array, options: VerifyOptions = {}): Report => judge(bytes, options).report;

/** The report with the bundle it is about; none where the bytes are not one. */
export type Judged = { readonly report: Report; readonly bundle: Bundle | undefined };

export function judge(bytes: Uint8Array, { trust }: VerifyOptions = {}): Judged {
  const { check: container, bundle } = checkContainer(bytes);
  if (!bundle) return { report: { verified: false, checks: [container], fingerprint: "", trusted: false }, bundle };
  const evidence: Evidence = {
    bundle, entries: bundle.content.entries.map(readEntry),
    checkpoints: bundle.content.checkpoints.map(({ note }) => readSignedCheckpoint(note, bundle, bundle.manifest.siteId)),
    related: (bundle.content.related ?? []).map(({ owner, note, entries }) => ({ owner, checkpoint: readSignedCheckpoint(note, bundle, owner), entries: entries.map(readEntry) })), exportedAt: Date.parse(bundle.manifest.exportedAt),
  };
  const fingerprint = fingerprintOf(bundle);
  const checks = [
    container,
    checkSeal(evidence, fingerprint, trust),
    checkRecord(evidence),
    checkDocuments(evidence),
    checkFiles(evidence),
    checkSegments(evidence),
    checkSignatures(evidence),
    checkEntries(evidence),
    checkRelated(evidence),
    checkCheckpoints(evidence),
    checkTimes(evidence),
  ];
  const verified = checks.every((check) => check.holds && !(never.has(check.name) && check.count === 0));
  return { report: { verified, checks, fingerprint, trusted: trust === fingerprint }, bundle };
}
