import { Mark, type Priority } from "../ui/mark.tsx";
import { exceptionTypeName, exceptionTypes, signatureName, type ExceptionConfiguration } from "#lib/quality/configuration.ts";
import { exceptionSource } from "#lib/quality/configuration-source.ts";
import { severityName, type Severity } from "#lib/quality/exception.ts";

const shape: Record<Severity, Priority> = { critical: 1, major: 2, minor: 3 };

type Props = { readonly configuration: ExceptionConfiguration; /** Exceptions raised with this version, by type. */ readonly raised: ReadonlyMap<string, number>; readonly label: string };

/** Every type as a version weighs it: severity, who closes it, whether the batch stands still, what raises it and how often it did. */
export const ConfigurationTable = ({ configuration, raised, label }: Props) => (
  <div className="table-box" tabIndex={0} role="region" aria-label={label}><table className="dense in-card configuration">
    <thead><tr>{["Type", "Default severity", "Required signature", "Blocks execution", "Raised by", "Raised"].map((h) => <th key={h} scope="col" className={h === "Raised" ? "num" : undefined}>{h}</th>)}</tr></thead>
    <tbody>{exceptionTypes.map((type) => {
      const { severity, signature, blocks } = configuration.types[type];
      return (
        <tr key={type}><th scope="row">{exceptionTypeName[type]}</th><td><span className="nowrap"><Mark priority={shape[severity]} tone="quiet" /> {severityName[severity]}</span></td><td>{signatureName[signature]}</td><td>{blocks ? <b>Yes</b> : <span className="quiet">No</span>}</td>
          <td className="small">{exceptionSource[type]}</td><td className="num">{raised.get(type) ?? 0}</td></tr>
      );
    })}</tbody></table></div>
);
