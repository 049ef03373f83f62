import Link from "next/link";
import { requireActor } from "#lib/access/current.ts";

export const metadata = { title: "Nothing was signed" };

export default async function SigningRefusedPage() {
  await requireActor();
  return (
    <main className="dialog"><header><h1>Nothing was signed</h1></header>
      <div className="body"><p>The identity provider&apos;s answer belongs to no signing that you opened. It may be another person&apos;s, or an old one. Open the batch and start the signing again.</p></div>
      <footer><Link className="button primary" href="/">Go to the start page</Link></footer></main>
  );
}
