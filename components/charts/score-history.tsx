"use client";

import { SparkLineChart } from "@tremor/react";

type Props = { readonly scores: readonly { readonly at: number; readonly score: number | null }[]; readonly label: string };

/** The scores of a model over its last evaluations, oldest first; quarter-hours without a score leave a gap. */
export function ScoreHistory({ scores, label }: Props) {
  const data = scores.map(({ at, score }) => ({ at: new Date(at).toISOString(), score }));
  return <div role="img" aria-label={label}><SparkLineChart data={data} index="at" categories={["score"]} colors={["neutral"]} minValue={0} maxValue={1} noDataText="no score yet" connectNulls={false} className="h-8 w-full" /></div>;
}
