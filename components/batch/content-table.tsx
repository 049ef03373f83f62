import { Icon } from "../ui/icon.tsx";
import type { ContentItem } from "#lib/batch/content.ts";

const stateWord: Record<ContentItem["state"], string> = { held: "In the record", missing: "Missing", not_applicable: "Does not apply" };

/** Each item of 21 CFR 211.188(b) with what the record holds of it; folded while nothing is missing. */
export function ContentTable({ items }: { readonly items: readonly ContentItem[] }) {
  const missing = items.filter((item) => item.state === "missing").length;
  return (
    <details className="card content-items" open={missing > 0}>
      <summary>What 21 CFR 211.188(b) asks of the record: {missing === 0 ? `nothing of ${items.length} items is missing` : `${missing} of ${items.length} items missing`}</summary>
      <table className="dense">
        <thead><tr><th scope="col">Item</th><th scope="col">Asked for</th><th scope="col">State</th><th scope="col">What the record holds</th></tr></thead>
        <tbody>{items.map((item) => <tr key={item.number}><td className="num">{item.number}</td><td>{item.asks}</td><td>{item.state === "missing" ? <b><Icon name="open" /> {stateWord.missing}</b> : <span className={item.state === "held" ? "" : "quiet"}>{stateWord[item.state]}</span>}</td><td>{item.finding}</td></tr>)}</tbody>
      </table>
    </details>
  );
}
