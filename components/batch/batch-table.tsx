"use client";

import { columnVisibilityFeature, createColumnHelper, tableFeatures, useTable } from "@tanstack/react-table";
import Link from "next/link";
import { useRouter } from "next/navigation";
import { figureText } from "../ui/figure.tsx";
import { Icon } from "../ui/icon.tsx";
import { QueueKeys } from "./queue-keys.tsx";
import { SeverityCounts } from "./severity-counts.tsx";
import { listAddress, type BatchFilter, type BatchSort } from "#lib/batch/list.ts";

/** A row as the list shows it: times already written in their site's zone. */
export type BatchView = {
  readonly id: string; readonly address: string; readonly product: string; readonly site: string; readonly unit: string; readonly state: string; readonly critical: number; readonly major: number; readonly minor: number; readonly open: boolean;
  readonly titer: number | null; readonly yieldPercent: number | null; readonly inoculated: string; readonly completed: string; readonly due: string; readonly age: string; readonly waiting: string; readonly mine: boolean; readonly imported: boolean;
};

const features = tableFeatures({ columnVisibilityFeature });
const column = createColumnHelper<typeof features, BatchView>();
const numberCell = (value: number | null, digits: number) => (value === null ? "–" : figureText(value, digits));

/** All columns; their ids are the words of the address. */
export const batchColumns = [
  { id: "id", name: "Batch", numeric: false }, { id: "product", name: "Product", numeric: false }, { id: "site", name: "Site", numeric: false }, { id: "unit", name: "Unit", numeric: false }, { id: "state", name: "State", numeric: false },
  { id: "waiting", name: "Waiting on", numeric: false }, { id: "exceptions", name: "Exceptions C M m", numeric: true }, { id: "titer", name: "Titer g/L", numeric: true }, { id: "yield", name: "Yield %", numeric: true },
  { id: "inoculated", name: "Inoculated", numeric: false }, { id: "completed", name: "Completed", numeric: false }, { id: "age", name: "Age", numeric: true }, { id: "due", name: "Due", numeric: false },
] as const;
type ColumnId = (typeof batchColumns)[number]["id"];

const cells: Record<ColumnId, (row: BatchView) => React.ReactNode> = {
  id: (row) => <Link href={row.address} data-row-link>{row.id}</Link>,
  product: (row) => row.product, site: (row) => row.site, unit: (row) => row.unit, state: (row) => row.state,
  waiting: (row) => (row.mine ? <b>You, {row.waiting}</b> : row.waiting),
  exceptions: (row) => row.imported ? <span className="quiet" title="Imported runs are judged by no rule">not evaluated</span> : <SeverityCounts critical={row.critical} major={row.major} minor={row.minor} open={row.open} />,
  titer: (row) => numberCell(row.titer, 2), yield: (row) => numberCell(row.yieldPercent, 1),
  inoculated: (row) => row.inoculated, completed: (row) => row.completed, age: (row) => row.age, due: (row) => row.due,
};
const columns = column.columns(batchColumns.map((c) => column.display({ id: c.id, header: c.name, cell: ({ row }) => cells[c.id](row.original) })));

function ColumnMenu({ filter, path }: { filter: BatchFilter; path: string }) {
  const router = useRouter();
  const toggle = (id: string) => router.replace(listAddress(path, filter, { hide: filter.hide.includes(id) ? filter.hide.filter((h) => h !== id) : [...filter.hide, id], page: filter.page }), { scroll: false });
  return (
    <details className="menu"><summary><Icon name="columns" />Columns</summary>
      <div className="menu-list">{batchColumns.filter((c) => c.id !== "id").map((c) => <label key={c.id}><input type="checkbox" key={String(filter.hide.includes(c.id))} defaultChecked={!filter.hide.includes(c.id)} onChange={() => toggle(c.id)} />{c.name}</label>)}</div>
    </details>
  );
}

type Props = { readonly rows: readonly BatchView[]; readonly filter: BatchFilter; readonly path: string; readonly toolbar: React.ReactNode };

/** The list of batches. Sorting, filters, page and hidden columns live in the address; the server sorts and pages. */
export function BatchTable({ rows, filter, path, toolbar }: Props) {
  const hidden = Object.fromEntries(filter.hide.map((id) => [id, false]));
  const table = useTable({ features, columns, data: rows as BatchView[], getRowId: (row) => row.address, state: { columnVisibility: hidden } });
  const sortAddress = (id: BatchSort) => listAddress(path, filter, { sort: id, dir: filter.sort === id && filter.dir === "asc" ? "desc" : "asc" });
  const numeric = (id: string) => (batchColumns.find((c) => c.id === id)?.numeric ? "num" : "");
  const direction = (id: string) => (filter.sort !== id ? undefined : filter.dir === "asc" ? "ascending" as const : "descending" as const);
  return (
    <>
      <div className="bar controls">{toolbar}<span className="end"><ColumnMenu filter={filter} path={path} /></span></div>
      <div className="table-box" tabIndex={0} role="region" aria-label="Batches">
        <table className="dense" data-keys>
          <thead>{table.getHeaderGroups().map((group) => <tr key={group.id}>{group.headers.map((h) => <th key={h.id} scope="col" className={numeric(h.column.id)} aria-sort={direction(h.column.id)}><Link href={sortAddress(h.column.id as BatchSort)} scroll={false}>{batchColumns.find((c) => c.id === h.column.id)?.name}{direction(h.column.id) === "ascending" ? " ↑" : direction(h.column.id) === "descending" ? " ↓" : ""}</Link></th>)}</tr>)}</thead>
          <tbody>{table.getRowModel().rows.map((row) => <tr key={row.id}>{row.getVisibleCells().map((cell) => cell.column.id === "id" ? <th key={cell.id} scope="row">{cells.id(row.original)}</th> : <td key={cell.id} className={`${numeric(cell.column.id)}${cell.column.id === "exceptions" ? "" : " nowrap"}`}>{cells[cell.column.id as ColumnId](row.original)}</td>)}</tr>)}</tbody>
        </table>
      </div>
      <QueueKeys />
    </>
  );
}
