import Link from "next/link";
import type { Obstacle } from "#lib/signature/obstacle.ts";

/** Where an obstacle is put right: a place on the batch's page, its record, or another page. */
export const obstacleAddress = (o: Pick<Obstacle, "anchor" | "address">, batchAddress: string): string => o.address ?? (o.anchor === "record" ? `${batchAddress}/record` : `${batchAddress}#${o.anchor}`);

/** What stands before a signature, each as a link to where it is put right. */
export function ObstacleList({ obstacles, address, holders = false }: { obstacles: readonly Obstacle[]; address: string; holders?: boolean }) {
  return <ul>{obstacles.map((o) => <li key={o.sentence}><Link href={obstacleAddress(o, address)}>{o.sentence}</Link>{holders ? <span className="quiet"> ({o.holder})</span> : null}</li>)}</ul>;
}
