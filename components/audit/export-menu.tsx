import { Icon } from "../ui/icon.tsx";

type Props = { readonly query: string; readonly matched: string; readonly limit: string };

/** Signed files of what the filter matches. Plain links: making a file is an act of its own, with its entry in the trail. */
export function ExportMenu({ query, matched, limit }: Props) {
  const address = (format: string) => `/audit/export?${query ? `${query}&` : ""}format=${format}`;
  return (
    <details className="menu"><summary className="button primary">Export {matched} {matched === "1" ? "entry" : "entries"}, signed<Icon name="chevron" /></summary>
      <div className="menu-list"><a href={address("csv")} download>CSV, for reading</a><a href={address("json")} download>JSON, with the bytes of each entry</a><p>At most {limit} entries. The export is recorded with its filter and count.</p></div>
    </details>
  );
}
