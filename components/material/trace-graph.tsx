import { amountText } from "#lib/material/amount.ts";
import { boxHeight, boxWidth, drawing, type DrawnEdge, type DrawnLot } from "#lib/material/drawing.ts";
import { lotStateName } from "#lib/material/lot.ts";
import { unaccounted, type FullTrace } from "#lib/material/trace.ts";

/** Longest name in a box, characters; the whole of it stands in the table and on hover. */
const longest = 22;
const short = (text: string): string => (text.length <= longest ? text : `${text.slice(0, 12)}…${text.slice(-9)}`);

function Node({ drawn, address }: { readonly drawn: DrawnLot; readonly address: string }) {
  const { lot, x, y, column, amount } = drawn;
  const open = unaccounted(lot) !== 0;
  return (
    <a href={address} aria-label={`Trace lot ${lot.id}, ${lot.name}`}>
      <title>{`${lot.id}, ${lot.code} ${lot.name}, ${lotStateName[lot.state].toLowerCase()}${open ? ", mass does not balance" : ""}`}</title>
      <rect className={`trace-box${column === 0 ? " start" : ""}${open ? " open" : ""}`} x={x} y={y} width={boxWidth} height={boxHeight} rx="4" />
      <text className="trace-id" x={x + 8} y={y + 18}>{short(lot.id)}</text>
      <text className="trace-note" x={x + 8} y={y + 35}>{amount ? `${amountText(amount.value)} ${amount.unit}` : `${amountText(lot.into)} ${lot.unit} in all`}{open ? " ▲" : ""}</text>
    </a>
  );
}

/** A charge as a line from the right edge of one lot to the left edge of the other, its amount beside the end that is farther from the start. */
function Edge({ drawn: { edge, from, to } }: { readonly drawn: DrawnEdge }) {
  const [x1, y1, x2, y2] = [from.x + boxWidth, from.y + boxHeight / 2, to.x, to.y + boxHeight / 2];
  const bend = (x2 - x1) / 2;
  const atStart = edge.direction === "backward";
  return (
    <g>
      <path className="trace-edge" d={`M${x1} ${y1} C${x1 + bend} ${y1} ${x2 - bend} ${y2} ${x2} ${y2}`} />
      <text className="trace-amount" x={atStart ? x1 + 5 : x2 - 5} y={(atStart ? y1 : y2) - 5} textAnchor={atStart ? "start" : "end"}>{amountText(edge.quantity)} {edge.unit}</text>
    </g>
  );
}

const columnName = (column: number): string => (column === 0 ? "The lot" : `${Math.abs(column)} ${Math.abs(column) === 1 ? "step" : "steps"} ${column < 0 ? "before" : "after"}`);

/** A trace by steps: what is before the lot at the left, what is after it at the right. What is not drawn is counted. */
export function TraceGraph({ found, addressOf }: { readonly found: FullTrace; readonly addressOf: (lotId: string) => string }) {
  const made = drawing(found);
  const missing = [made.hidden > 0 ? `${amountText(made.hidden)} smaller ones of these steps` : "", made.farther > 0 ? `${amountText(made.farther)} farther away` : ""].filter(Boolean).join(" and ");
  return (
    <figure className="trace-figure">
      <div className="trace-scroll" tabIndex={0} role="region" aria-label="Graph of the trace">
        <svg role="group" aria-label={`Lots before and after ${found.start.id}; the table below holds the same`} width={made.width + 4} height={made.height + 4} viewBox={`-2 -2 ${made.width + 4} ${made.height + 4}`}>
          {made.columns.map((c) => <text key={c.column} className="trace-column" x={c.x} y={14}>{columnName(c.column)}{c.hidden > 0 ? `, ${c.shown} of ${amountText(c.shown + c.hidden)}` : ""}</text>)}
          {made.edges.map((e) => <Edge key={`${e.edge.direction} ${e.edge.from} ${e.edge.to}`} drawn={e} />)}
          {made.lots.map((l) => <Node key={`${l.column} ${l.lot.id}`} drawn={l} address={addressOf(l.lot.id)} />)}
        </svg>
      </div>
      <figcaption className="quiet small">In each box: {found.rows.some((r) => r.direction === "backward") ? "before the lot, how much of it is in the lot; after the lot, how much of the lot is in it" : "how much of the lot is in it"}. On the lines: what was charged. ▲ mass does not balance.{missing ? ` Not drawn: ${missing}; the table holds all of them.` : ""}</figcaption>
    </figure>
  );
}
