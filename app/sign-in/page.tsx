import { redirect } from "next/navigation";
import { SignInButton } from "#components/access/sign-in-button.tsx";
import { currentActor } from "#lib/access/current.ts";
import { installation } from "#lib/installation.ts";

export const metadata = { title: "Sign in" };

const problems: Record<string, string> = {
  OAuthCallback: "The company sign-in was not completed. Try again.",
  Callback: "Your account is suspended here, or the company sign-in was not completed. Ask the administrator if it stays.",
  OAuthSignin: "The identity provider cannot be reached. Try again in a minute, or tell the administrator.",
};

/** Only addresses of our own are gone back to. */
const safe = (to: string | undefined): string => (to && /^\/(?![/\\])/.test(to) ? to : "/");

export default async function SignInPage({ searchParams }: { searchParams: Promise<{ to?: string; callbackUrl?: string; ended?: string; error?: string }> }) {
  const { to, ended, error } = await searchParams;
  if (await currentActor()) redirect(safe(to));
  const { idleMinutes, hours } = installation().session;
  return (
    <main className="dialog" style={{ maxWidth: 420, marginTop: "12vh" }}>
      <header><h1>Veribatch</h1></header>
      <div className="body">
        {ended ? <p className="notice" role="status">Your session has ended: you signed out, were idle for {idleMinutes} minutes, or had been signed in for {hours} hours.</p> : null}
        {error ? <p className="problem" role="alert">{problems[error] ?? "The sign-in did not succeed. Try again."}</p> : null}
        <p>Batch records, live bioreactors and release. You sign in with your company account.</p>
        <SignInButton to={safe(to)} />
      </div>
    </main>
  );
}
