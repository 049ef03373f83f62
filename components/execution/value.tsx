import { SiteTime } from "../ui/time.tsx";
import { Icon } from "../ui/icon.tsx";
import { Mark } from "../ui/mark.tsx";
import type { ValueView, VersionView } from "#lib/execution/view.ts";

const sourceName = { manual: "typed", automatic: "captured", laboratory: "laboratory", calculated: "calculated" } as const;
const evaluationName = { within: "within its limits", exception: "outside its limits", not_evaluated: "not evaluated", no_limits: "recorded, no limits" } as const;

function Basis({ version, zone }: { version: VersionView; zone: string }) {
  const { basis } = version;
  if (basis?.kind === "captured") return <small>{basis.values} values of {basis.unitId}/{basis.tag} from <SiteTime at={new Date(basis.from)} zone={zone} />{basis.gapMinutes > 0 ? `, ${basis.gapMinutes} min without a value` : ""}</small>;
  if (basis?.kind === "calculated") return <small>{basis.formula} with {basis.inputs.map((input) => `${input.name} = ${input.value} ${input.unit} (step ${input.stepId}, version ${input.version})`).join(", ")}</small>;
  if (basis?.kind === "laboratory") return <small>Sample {basis.sampleId}, result {basis.number}, raw {basis.rawValue}, {basis.method}</small>;
  return null;
}

function Version({ version, struck, zone }: { version: VersionView; struck: boolean; zone: string }) {
  const text = <>{version.value}{version.unit ? ` ${version.unit}` : ""}</>;
  return (
    <li className={struck ? "struck" : ""}>
      {struck ? <del>{text}</del> : <b className="figure">{text}</b>}
      <span>{version.evaluation === "no_limits" ? <span className="quiet">{evaluationName.no_limits}</span> : version.evaluation === "within" ? <><Icon name="check" /> {evaluationName.within}</> : <><Mark priority={version.evaluation === "exception" ? 2 : 4} /> {evaluationName[version.evaluation]}</>}{version.late ? <span className="chip">Late entry</span> : null}</span>
      <small>version {version.version}, {sourceName[version.source]}, {version.by}, <SiteTime at={version.eventAt} zone={zone} seconds />{version.late ? <>, written <SiteTime at={version.enteredAt} zone={zone} seconds /></> : null}{version.reason ? `: ${version.reason}` : ""}</small>
      <Basis version={version} zone={zone} />
    </li>
  );
}

/** Every version of a value, the one that counts first, the others struck through and readable. */
export function ValueVersions({ value, zone }: { value: ValueView; zone: string }) {
  if (value.versions.length === 0) return <p className="quiet">{value.taken === "captured" ? "Captured from the unit when the step ends." : value.taken === "calculated" ? "Calculated when the step ends." : value.taken === "laboratory" ? "Comes from the laboratory." : "Not recorded yet."}</p>;
  return <ul className="versions">{value.versions.map((version, i) => <Version key={version.version} version={version} struck={i > 0} zone={zone} />)}</ul>;
}
