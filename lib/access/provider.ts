import { randomUUID } from "node:crypto";
import type { AuthOptions } from "next-auth";
import { z } from "zod";
import { portalDatabase } from "#db/client.ts";
import { installation } from "#lib/installation.ts";
import { demoIssuer, signIn, type Identity } from "./sign-in-commands.ts";

const claims = z.looseObject({ sub: z.string(), name: z.string().optional(), preferred_username: z.string().optional(), email: z.string().optional() });
const groupsClaim = z.union([z.array(z.string()), z.string().transform((one) => [one])]).catch([]);

/** What the ID token says, as our own type. A provider that sends no name gives the user name as printed name. */
export function identityFrom(profile: unknown): Identity {
  const { oidc } = installation();
  const parsed = claims.parse(profile);
  const userName = parsed.preferred_username ?? parsed.email ?? parsed.sub;
  return { issuer: oidc.demo ? demoIssuer : oidc.issuer, subject: parsed.sub, userName, printedName: parsed.name ?? userName, groups: groupsClaim.parse(parsed[oidc.groupsClaim]) };
}

/** next-auth with one generic OpenID Connect provider: PKCE, state and nonce; the session itself lives in our database. */
export function authOptions(): AuthOptions {
  const { oidc, authSecret, session } = installation();
  return {
    secret: authSecret,
    session: { strategy: "jwt", maxAge: session.hours * 3600 },
    pages: { signIn: "/sign-in", error: "/sign-in" },
    providers: [{
      id: "oidc", name: "Company sign-in", type: "oauth", wellKnown: `${oidc.issuer}/.well-known/openid-configuration`, clientId: oidc.clientId, clientSecret: oidc.clientSecret,
      idToken: true, httpOptions: { timeout: 15_000 }, checks: ["pkce", "state", "nonce"], authorization: { params: { scope: oidc.scope } },
      profile: (profile) => ({ id: String(profile.sub), name: String(profile.name ?? profile.sub) }),
    }],
    callbacks: {
      // Runs once, when the provider has authenticated: our own session starts here and its id is all the cookie needs.
      async jwt({ token, account, profile }) {
        if (!account) return token;
        const sid = await signIn(portalDatabase(), identityFrom(profile), { now: new Date(), newId: randomUUID });
        if (!sid) throw new Error("account suspended");
        return { sid, idToken: account.id_token };
      },
      session: ({ session: shown }) => shown,
    },
  };
}
