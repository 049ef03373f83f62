"use client";

import { useEffect, useState } from "react";
import { GapList } from "./gap-list.tsx";
import type { Draft } from "./draft.ts";
import { lookAtGapsAction } from "#lib/recipe/edit-actions.ts";
import type { GapView } from "#lib/recipe/edit-place.ts";

/** Which part is typed, and where it goes when it is new. */
export type TypedPlace = { readonly id: string; readonly version: number; readonly part: string; readonly after: string | undefined; readonly within: string };
type Props = { readonly place: TypedPlace; readonly typed: Draft; readonly dirty: boolean; readonly stored: readonly GapView[]; readonly editPage: string };
const pause = 500;

/** The gaps with what is typed, asked for when the typing rests; undefined while there is no answer for exactly this. */
function useLook({ place, typed, dirty }: Pick<Props, "place" | "typed" | "dirty">): readonly GapView[] | undefined {
  const text = JSON.stringify(typed);
  const [seen, setSeen] = useState<{ readonly text: string; readonly gaps: readonly GapView[] }>();
  const { id, version, part, after, within } = place;
  useEffect(() => {
    if (!dirty) return undefined;
    let gone = false;
    const timer = setTimeout(() => {
      void lookAtGapsAction({ id, version, part, within, ...(after === undefined ? {} : { after }), typed: JSON.parse(text) as Record<string, unknown> })
        .then((look) => { if (!gone && "gaps" in look) setSeen({ text, gaps: look.gaps }); })
        .catch(() => undefined); // the gaps as saved stay; saving says what is the matter
    }, pause);
    return () => {
      gone = true;
      clearTimeout(timer);
    };
  }, [dirty, text, id, version, part, after, within]);
  return dirty && seen?.text === text ? seen.gaps : undefined;
}

/** What is missing: as saved, and with what is being typed as soon as it has the shape of a part. */
export function LiveGaps({ place, typed, dirty, stored, editPage }: Props) {
  const typedGaps = useLook({ place, typed, dirty });
  const gaps = typedGaps ?? stored;
  return (
    <section className="card" id="gaps" aria-labelledby="gaps-title">
      <header><h2 id="gaps-title">{gaps.length === 0 ? "No gap" : `${gaps.length} ${gaps.length === 1 ? "gap" : "gaps"}`}</h2><span className="quiet tiny">{typedGaps ? "with what you typed, not saved yet" : dirty ? "as saved; what you typed is being looked at" : "as saved"}</span></header>
      <div className="card-body" aria-live="polite"><GapList gaps={gaps} editPage={editPage} /></div>
    </section>
  );
}
