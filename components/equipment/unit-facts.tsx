import Link from "next/link";
import { figureText } from "../ui/figure.tsx";
import { Mark } from "../ui/mark.tsx";
import { SiteTime } from "../ui/time.tsx";
import { CalibrationDueChip, EquipmentStateChip } from "./state-chip.tsx";
import { areaName } from "./equipment-table.tsx";
import { unitAddress, type UnitView } from "./view.ts";
import type { CleaningFacts } from "#lib/equipment/log-queries.ts";
import type { StandingUnit } from "#lib/equipment/queries.ts";

type Props = { readonly found: StandingUnit; readonly view: UnitView; readonly modules: readonly { readonly id: string; readonly name: string; readonly address: string }[]; readonly enterprise: string; readonly site: { readonly id: string; readonly name: string; readonly timeZone: string }; readonly isModule: boolean; readonly cleaning: CleaningFacts | undefined; readonly children: React.ReactNode };

function Batch({ batch }: { batch: UnitView["batch"] }) {
  if (!batch) return <span className="quiet">none on record</span>;
  return <>{batch.bound ? "in use for " : "last used for "}<Link className="mono" href={batch.address}>{batch.id}</Link></>;
}

/** The last cleaning: when it ended, by whom, and the second person's look at it. */
function Cleaning({ cleaning, zone }: { cleaning: CleaningFacts | undefined; zone: string }) {
  if (!cleaning) return <span className="quiet">none on record</span>;
  const { check } = cleaning;
  return <><SiteTime at={cleaning.at} zone={zone} />{cleaning.cleaners.length > 0 ? ` by ${cleaning.cleaners.join(", ")}` : null}; {check ? <>checked by {check.by ?? "–"}, <SiteTime at={check.at} zone={zone} /></> : <span className="quiet">not checked by a second person</span>}</>;
}

/** How a unit stands now, what can be done about it, and what it is. */
export function UnitFacts({ found: { unit, standing }, view, modules, enterprise, site, isModule, cleaning, children }: Props) {
  return (
    <>
      <section className="card"><header><h2>State now</h2></header>
        <p className="unit-state">{isModule ? <span>The state is that of <Link href={unitAddress(site.id, unit.parentId ?? "")}>{unit.parentId}</Link>.</span> : <EquipmentStateChip state={standing.state} />}{view.calibration?.due ? <CalibrationDueChip /> : null}</p>
        <dl className="facts-list card-body">
          {isModule ? null : <><dt>Batch</dt><dd><Batch batch={view.batch} /></dd><dt>Last cleaned</dt><dd><Cleaning cleaning={cleaning} zone={site.timeZone} /></dd>
            <dt>Clean hold</dt><dd>{view.hold ? <>{view.hold.over ? <span className="p3"><Mark priority={3} filled /> {view.hold.text}</span> : view.hold.text} <span className="quiet">{view.hold.of}</span></> : <span className="quiet">not running</span>}</dd></>}
          <dt>Calibration due</dt><dd>{view.calibration ? view.calibration.text : <span className="quiet">none on record</span>}</dd>
        </dl>
        {children}
      </section>
      <section className="card"><header><h2>Place and kind</h2></header>
        <dl className="facts-list card-body">
          <dt>Hierarchy</dt><dd>{enterprise} › {site.name} › {areaName(unit.area)} › {unit.processCell}{unit.parentId ? <> › <Link href={unitAddress(site.id, unit.parentId)}>{unit.parentId}</Link></> : null} › {unit.id}</dd>
          <dt>Class</dt><dd>{unit.equipmentClass}</dd><dt>Working scale</dt><dd>{unit.scaleL === null ? <span className="quiet">–</span> : <>{figureText(unit.scaleL, 0)} L</>}</dd><dt>Serial number</dt><dd className="mono">{unit.serialNumber ?? "–"}</dd>
          {isModule ? null : <><dt>Modules</dt><dd>{modules.length === 0 ? <span className="quiet">none</span> : <ul>{modules.map((module) => <li key={module.id}><Link href={module.address}>{module.id}</Link> {module.name}</li>)}</ul>}</dd></>}
        </dl>
      </section>
    </>
  );
}
