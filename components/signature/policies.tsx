import { ReasonForm } from "./reason-form.tsx";
import { policies as choices, policyName } from "#lib/signature/ceremony.ts";
import { meaningName, signedMeanings, type SignedMeaning } from "#lib/signature/meaning.ts";
import type { PolicyView } from "#lib/signature/overview-queries.ts";
import { changePolicyAction } from "#lib/signature/security-actions.ts";

type Site = { readonly id: string; readonly name: string };
type Props = { readonly policies: readonly PolicyView[]; readonly sites: readonly Site[]; readonly manage: readonly string[] };

function Cell({ policy, site, manage }: { policy: PolicyView; site: Site; manage: boolean }) {
  const about = `${meaningName[policy.meaning]} at ${site.name}`;
  return (
    <div className="policy"><span>{policy.policy === "either" ? policyName[policy.policy] : <b>{policyName[policy.policy]}</b>}</span>
      {manage ? <ReasonForm key={policy.revision} action={changePolicyAction} fields={{ siteId: site.id, meaning: policy.meaning, shownRevision: String(policy.revision) }} open="change" submit="Change policy" about={about}>
        <select name="policy" className="button small" defaultValue={policy.policy} aria-label={`Ceremony: ${about}`}>{choices.map((c) => <option key={c} value={c}>{policyName[c]}</option>)}</select>
      </ReasonForm> : null}</div>
  );
}

/** The ceremony each site asks for each meaning; changed with a reason. */
export function Policies({ policies, sites, manage }: Props) {
  const of = (siteId: string, meaning: SignedMeaning) => policies.find((p) => p.siteId === siteId && p.meaning === meaning);
  return (
    <div className="table-box" tabIndex={0} role="region" aria-label="Signing policies"><table className="dense in-card even"><thead><tr><th scope="col">Meaning</th>{sites.map((s) => <th key={s.id} scope="col">{s.name}</th>)}</tr></thead>
      <tbody>{signedMeanings.map((meaning) => (
        <tr key={meaning}><th scope="row">{meaningName[meaning]}</th>{sites.map((site) => { const policy = of(site.id, meaning); return <td key={site.id}>{policy ? <Cell policy={policy} site={site} manage={manage.includes(site.id)} /> : null}</td>; })}</tr>
      ))}</tbody></table></div>
  );
}
