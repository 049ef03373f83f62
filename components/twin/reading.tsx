import { Gauge } from "../charts/gauge.tsx";
import { figureText } from "../ui/figure.tsx";
import { Mark } from "../ui/mark.tsx";
import { rangeText } from "#lib/quantity/limit.ts";
import { spanText } from "#lib/site/time.ts";
import { conditionOf, zonePriority, zoneWord, type Condition } from "#lib/twin/condition.ts";
import type { TagView, ValueView } from "./view.ts";

function ageText(condition: Condition): string {
  if (condition.kind === "none") return "never measured";
  const age = spanText(condition.ageMs);
  return condition.kind === "stale" ? `stale, ${age} old` : condition.kind === "bad" ? `bad quality, ${age}` : age;
}

/** One current value: figure and unit, where it lies in its limits, how old it is. Stale is grey with its age; abnormal has mark and words. */
export function Reading({ tag, value, now }: { tag: TagView; value: ValueView | undefined; now: number }) {
  const condition = conditionOf(value, tag.limits, tag.staleAfterMs, now);
  const abnormal = condition.kind === "abnormal" ? condition : undefined;
  const tone = abnormal ? `p${zonePriority[abnormal.zone]}` : "";
  return (
    <div className={`value ${condition.kind === "stale" || condition.kind === "bad" ? "stale" : ""}`}>
      <div className="name"><span className={tone}>{abnormal ? <><Mark priority={zonePriority[abnormal.zone]} filled /> </> : null}{tag.name}</span>
        <small>{[tag.class, tag.limits?.normal ? rangeText(tag.limits.normal, Math.min(tag.precision, 2)) : undefined].filter(Boolean).join(" · ")}</small></div>
      <div>{value && tag.limits && condition.kind !== "stale" ? <Gauge value={value.value} limits={tag.limits} {...(abnormal ? { tone: "abnormal" as const } : {})} /> : null}</div>
      <div className="reading"><span className={tone}><b>{value ? figureText(value.value, tag.precision) : "–"}</b></span> <span className="unit">{tag.unit}</span><small>{abnormal ? `${abnormal.side} ${zoneWord[abnormal.zone]}, ${ageText(condition)}` : ageText(condition)}</small></div>
    </div>
  );
}
