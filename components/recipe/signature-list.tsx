import { methodWord } from "../signature/manifest.tsx";
import { Icon } from "../ui/icon.tsx";
import { Digest } from "../ui/digest.tsx";
import { roleName } from "#lib/access/permission.ts";
import type { RecordSignature } from "#lib/recipe/queries.ts";
import { meaningName } from "#lib/signature/meaning.ts";
import { siteTime } from "#lib/site/time.ts";

type Props = { readonly signatures: readonly RecordSignature[]; readonly digest: string; readonly zone: string };

/** Signatures on a version: name, meaning, time with zone, method, and whether each covers the content as it is. */
export const SignatureList = ({ signatures, digest, zone }: Props) => signatures.length === 0 ? <p className="small quiet">Nobody has signed this version.</p> : (
  <ul>{signatures.map((s) => (
    <li key={s.id} className="signature" id={`signature-${s.ordinal}`}><strong>{meaningName[s.meaning]}</strong>{s.printedName}, {roleName[s.role]}
      <small>{siteTime(s.signedAt, zone, true)}</small><small>{methodWord[s.method]}</small><small>{s.reason}. {s.comment}</small>
      {s.recordDigest === digest ? null : <small><Icon name="open" /> Covers an earlier content, <Digest value={s.recordDigest} />; it changed since</small>}</li>
  ))}</ul>
);
