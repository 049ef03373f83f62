import Link from "next/link";
import { Icon } from "../ui/icon.tsx";
import type { GapView } from "#lib/recipe/edit-place.ts";

type Props = { readonly gaps: readonly GapView[]; /** Page on which the parts are written; without it the gaps are words only. */ readonly editPage?: string | undefined };

/** What the master lacks before it may be submitted, each with the way to the part that closes it. */
export const GapList = ({ gaps, editPage }: Props) => gaps.length === 0 ? <p className="small"><Icon name="check" /> No gap. Nothing that 21 CFR 211.186(b) asks for is missing.</p> : (
  <ul className="gap-list">{gaps.map((gap) => (
    <li key={`${gap.place}${gap.sentence}`}><Icon name="open" /><span>{editPage && gap.part ? <Link href={`${editPage}?part=${encodeURIComponent(gap.part)}`}>{gap.place}</Link> : <b>{gap.place}</b>}: {gap.sentence}</span></li>
  ))}</ul>
);
