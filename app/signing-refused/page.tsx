import Link from "next/link";
import { requireActor } from "#lib/access/current.ts";

export const metadata = { title: "Nothing was signed" };

export default async function SigningRefusedPage() {
  await requireActor();
  return (
    <main className="dialog"><header><h1>Nothing was signed</h1></header>
      <div className="body"><p>The identity provider&apos;s answer belongs to no signing that you opened. It may be another person&apos;s, or an old one. It is written down in the audit trail, and the answer to another person&apos;s signing counts as a failed attempt of yours: five of them lock your signing.</p><p>Open the batch and start the signing again.</p></div>
      <footer><Link className="button" href="/account">My account</Link><Link className="button primary" href="/">Go to the start page</Link></footer></main>
  );
}
