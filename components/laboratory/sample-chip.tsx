import { Mark } from "../ui/mark.tsx";
import { Icon, type IconName } from "../ui/icon.tsx";
import { sampleStateName, type SampleState } from "#lib/laboratory/state.ts";

const icon: Record<SampleState, IconName> = { drawn: "right", received: "enter", in_test: "open", complete: "done", lost: "cross" };

/** State of a sample as icon and word; only a lost one has colour. */
export const SampleChip = ({ state }: { state: SampleState }) => (
  <span className={`chip${state === "lost" ? " attention p3" : ""}`}>{state === "lost" ? <Mark priority={3} filled /> : <Icon name={icon[state]} />}{sampleStateName[state]}</span>
);

/** A result out of specification: abnormal, with shape, word and colour. */
export const OutOfSpecification = ({ past = false }: { past?: boolean }) => <span className={`nowrap ${past ? "p0" : "p1"}`}><Mark priority={1} filled={!past} {...(past ? { tone: "quiet" as const } : {})} /> Out of specification</span>;
