import { redirect } from "next/navigation";
import { requireActor } from "#lib/access/current.ts";

export const metadata = { title: "No role" };

export default async function NothingPage() {
  const actor = await requireActor();
  if ([...actor.rolesBySite.values()].some((roles) => roles.length > 0)) redirect("/");
  return (
    <main className="dialog"><header><h1>You have no role here yet</h1></header>
      <div className="body"><p>{actor.printedName}, you are signed in, but none of your groups at the identity provider carries a role in Veribatch. Ask the administrator of your site to add you to a group.</p></div>
      <footer><form method="post" action="/api/sign-out"><button className="button" type="submit">Sign out</button></form></footer></main>
  );
}
