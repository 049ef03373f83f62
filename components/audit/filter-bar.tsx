import Link from "next/link";
import { Icon } from "../ui/icon.tsx";
import { auditEventNames } from "#lib/audit/event.ts";
import { auditAddress, auditKinds, auditViews, filterQuery, viewOf, type AuditFilter, type AuditView } from "#lib/audit/filter.ts";
import { viewLimit, type ViewCounts } from "#lib/audit/limits.ts";
import { recordKind, recordKinds } from "#lib/audit/record-name.ts";
import { boundedCount, kindName, type Chip } from "./words.ts";

type Site = { readonly id: string; readonly name: string };
type Props = { readonly filter: AuditFilter; readonly chips: readonly Chip[]; readonly sites: readonly Site[]; readonly hidden: string | undefined };

const Field = ({ name, label, children }: { name: string; label: string; children: React.ReactNode }) => <div className="field"><label htmlFor={`filter-${name}`}>{label}</label>{children}</div>;
type Input = { readonly name: string; readonly label: string; readonly value: string | undefined; readonly type?: string; readonly hint?: string };
const TextField = ({ name, label, value, type = "text", hint }: Input) => <Field name={name} label={label}><input id={`filter-${name}`} name={name} type={type} defaultValue={value ?? ""} placeholder={hint} /></Field>;
type Choice = { readonly name: string; readonly label: string; readonly value: string; readonly options: readonly (readonly [string, string])[] };
const SelectField = ({ name, label, value, options }: Choice) => <Field name={name} label={label}><select id={`filter-${name}`} name={name} defaultValue={value}>{options.map(([id, word]) => <option key={id} value={id}>{word}</option>)}</select></Field>;

/** All filters at once; its address is the list's. */
function FilterForm({ filter, sites }: Pick<Props, "filter" | "sites">) {
  return (
    // Another filter is another form: what stands in its fields is read once, when it is made.
    <details className="menu add-filter" key={filterQuery(filter)}>
      <summary className="bare">Add filter</summary>
      <form action="/audit" className="menu-list">
        <TextField name="from" label="From day" type="date" value={filter.from} /><TextField name="to" label="To day" type="date" value={filter.to} />
        <SelectField name="site" label="Site" value={filter.site ?? ""} options={[["", "all of mine"], ...sites.map((s) => [s.id, s.name] as const)]} />
        <TextField name="actor" label="Person or programme" value={filter.actor} hint="name or user name" /><TextField name="batch" label="Batch" value={filter.batch} />
        <SelectField name="record" label="Kind of record" value={filter.record ?? ""} options={[["", "all"], ...recordKinds.map((id) => [id, `${recordKind(id)}${id.endsWith("s") ? ", row" : ""}`] as const)]} />
        <SelectField name="event" label="Event" value={filter.event ?? ""} options={[["", "all"], ...auditEventNames.map((e) => [e, e.replaceAll(/[.-]/g, " ")] as const)]} />
        <SelectField name="kind" label="Kind of entry" value={filter.kind} options={auditKinds.map((k) => [k, kindName[k]] as const)} />
        <SelectField name="class" label="Class" value={filter.class} options={[["critical", "critical only"], ["all", "all"]]} />
        <TextField name="reason" label="Reason holds" value={filter.reason} />
        <fieldset><legend>Only</legend>
          {([["after", "after completion of the batch"], ["off", "nights and weekends"], ["late", "late entries"], ["failed", "failed signings"]] as const).map(([key, label]) => <label key={key}><input type="checkbox" name={key} value="1" defaultChecked={filter[key]} />{label}</label>)}
        </fieldset>
        {filter.subject ? <input type="hidden" name="subject" value={filter.subject} /> : null}
        <button className="button primary" type="submit">Apply filters</button>
      </form>
    </details>
  );
}

/** The filters that are set, each removable, and the way to more of them. */
export function FilterBar({ filter, chips, sites, hidden }: Props) {
  return (
    <div className="bar controls" role="group" aria-label="Filters">
      {chips.map((chip) => <span key={chip.key} className="filter-chip"><span className="key">{chip.name}</span> {chip.value}<Link href={chip.without} aria-label={`Remove filter ${chip.name}`}><Icon name="cross" /></Link></span>)}
      <FilterForm filter={filter} sites={sites} />
      {hidden ? <span className="end quiet small">{hidden} hidden. <Link href={auditAddress(filter, { kind: "all" })}>Show</Link></span> : null}
    </div>
  );
}

const tabs: readonly (readonly [AuditView, string])[] = [["critical", "Critical changes"], ["after", "After completion"], ["off", "Nights and weekends"], ["late", "Late entries"], ["failed", "Failed signings"]];
type TabProps = { readonly filter: AuditFilter; readonly counts: ViewCounts; readonly children: React.ReactNode };

/** Views of the trail an inspector asks for, each with what it would show; the person's own follow. */
export function ViewTabs({ filter, counts, children }: TabProps) {
  const current = viewOf(filter);
  return (
    <nav className="view-tabs" aria-label="Views">
      {tabs.map(([view, name]) => <Link key={view} href={auditAddress(filter, auditViews[view])} aria-current={view === current ? "true" : undefined}>{name}{view === "critical" ? null : <span> {boundedCount(counts[view], viewLimit)}</span>}</Link>)}
      <Link href="/audit/people">One person, one month</Link>
      {children}
    </nav>
  );
}
