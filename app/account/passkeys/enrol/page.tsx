import Link from "next/link";
import { z } from "zod";
import { RegisterPasskey } from "#components/signature/register-passkey.tsx";
import { requireActor } from "#lib/access/current.ts";
import { enrolmentOptions } from "#lib/signature/enrol-commands.ts";

export const metadata = { title: "Enrol a passkey" };

export default async function EnrolPage({ searchParams }: { searchParams: Promise<{ intent?: string }> }) {
  const actor = await requireActor();
  const intentId = z.uuid().catch("00000000-0000-4000-8000-000000000000").parse((await searchParams).intent);
  const found = await enrolmentOptions(actor, intentId, new Date());
  return (
    <main className="dialog"><header><h1>Enrol a passkey</h1></header>
      {found.ok ? (
        <><div className="body"><p>You have proved that you are {actor.printedName}. Now register <b>“{found.value.label}”</b>: your browser asks which authenticator, and for its PIN or biometric.</p><p className="small quiet">Prefer a passkey that stays on its device: a security key, or this computer&apos;s own. One that is synced between devices is accepted and shown as weaker.</p></div>
          <RegisterPasskey intentId={intentId} options={found.value.options} /></>
      ) : (
        <><div className="body"><p className="problem" role="alert">{found.refusal}</p></div><footer><Link className="button primary" href="/account">My account</Link></footer></>
      )}</main>
  );
}
