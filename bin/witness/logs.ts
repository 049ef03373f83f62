import { readFileSync } from "node:fs";
import { z } from "zod";
import { nativeSha256 } from "#lib/ledger/native.ts";
import type { NoteKey } from "#lib/ledger/note.ts";
import { readVerifierKey, writeVerifierKey } from "#lib/ledger/verifier-key.ts";
import { StartRefused } from "../portal/refusal.ts";

/** Keys a witness trusts, by the log's origin. */
export type Logs = ReadonlyMap<string, readonly NoteKey[]>;

const listed = z.strictObject({ logs: z.array(z.strictObject({ origin: z.string().min(1), keys: z.array(z.string()).min(1) })).min(1) });
/** What a bundle or the portal's key register says of a key; other members are not looked at. */
const registered = z.object({ purpose: z.string(), name: z.string(), publicKey: z.base64(), validTo: z.string().nullable() });
const register = z.union([z.object({ content: z.object({ keys: z.array(registered) }) }).transform(({ content }) => content.keys), z.object({ keys: z.array(registered) }).transform(({ keys }) => keys)]);

function jsonOf(path: string): unknown {
  try {
    return JSON.parse(readFileSync(path, "utf8"));
  } catch (cause) {
    const missing = (cause as NodeJS.ErrnoException).code === "ENOENT";
    throw new StartRefused(missing ? `The file ${path} does not exist. docs/witness.md says what belongs into it.` : `The file ${path} cannot be read as JSON: ${cause instanceof Error ? cause.message : "unreadable"}.`, { cause });
  }
}

function keyOf(origin: string, line: string): NoteKey {
  const key = readVerifierKey(line, nativeSha256);
  if (key?.kind !== "note") throw new StartRefused(`The key "${line}" of the log ${origin} is not the verifier key of a log: name, key id and key, joined by plus signs. Make it with: npm run witness -- key <name> <public key>`);
  return key;
}

/** Reads the list of logs; says what is wrong with it in one sentence. */
export function readLogs(path: string): Logs {
  const parsed = listed.safeParse(jsonOf(path));
  if (!parsed.success) throw new StartRefused(parsed.error.issues.slice(0, 5).map((issue) => `${path}, ${issue.path.join(".") || "the file"}: ${issue.message}.`).join("\n"));
  const logs = new Map<string, readonly NoteKey[]>();
  for (const { origin, keys } of parsed.data.logs) {
    // The witness file parts its heads by lines of dashes.
    if (logs.has(origin) || /[\u0000-\u001f\u007f]|----$/u.test(origin)) throw new StartRefused(`The log ${JSON.stringify(origin)} is listed twice, or its name holds control characters or ends with dashes.`);
    logs.set(origin, keys.map((line) => keyOf(origin, line)));
  }
  return logs;
}

/** The verifier key of a log from what the portal's key register shows: name and public key in base64. */
export function verifierKeyOf(name: string, publicKey: string): string {
  const line = writeVerifierKey({ name, publicKey: Buffer.from(publicKey, "base64"), kind: "note" }, nativeSha256);
  if (!readVerifierKey(line, nativeSha256)) throw new StartRefused("A log's key is its name (no spaces, no plus sign) and 32 bytes in base64, as the key register shows them.");
  return line;
}

/** A list of logs from the key register within an evidence bundle or an answer of the portal: the ledger keys in use. */
export function logsFrom(path: string): z.infer<typeof listed> {
  const parsed = register.safeParse(jsonOf(path));
  const inUse = parsed.success ? parsed.data.filter((key) => key.purpose === "ledger" && key.validTo === null) : [];
  if (inUse.length === 0) throw new StartRefused(`The file ${path} holds no key register with ledger keys in use.`);
  return { logs: inUse.map(({ name, publicKey }) => ({ origin: name, keys: [verifierKeyOf(name, publicKey)] })) };
}
