import { timingSafeEqual } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import Provider, { type Configuration } from "oidc-provider";
import { demoPassword, demoPeople, type DemoPerson } from "./demo-people.ts";
import type { Secrets } from "./secrets.ts";
import { loginPage, logoutPage } from "./demo-identity-page.ts";

const mount = "/oidc";
const personOf = (userName: string | undefined): DemoPerson | undefined => demoPeople.find((p) => p.userName === userName);
const samePassword = (given: string): boolean => {
  const [a, b] = [Buffer.from(given.padEnd(64).slice(0, 64)), Buffer.from(demoPassword.padEnd(64))];
  return timingSafeEqual(a, b);
};

function configuration(publicUrl: string, clientId: string, demo: Secrets["demo"]): Configuration {
  return {
    clients: [{
      client_id: clientId, client_secret: demo.clientSecret,
      redirect_uris: [`${publicUrl}/api/auth/callback/oidc`, `${publicUrl}/api/signing/callback`],
      post_logout_redirect_uris: [`${publicUrl}/sign-in`],
    }],
    jwks: { keys: [demo.idTokenKey as never] },
    cookies: { keys: [demo.cookieKey] },
    claims: { openid: ["sub"], profile: ["name", "preferred_username"], email: ["email"], groups: ["groups"], acr: null, amr: null, auth_time: null },
    conformIdTokenClaims: false,
    pkce: { required: () => true },
    features: {
      devInteractions: { enabled: false },
      rpInitiatedLogout: { enabled: true, logoutSource: (ctx, form) => void (ctx.body = logoutPage(form)) },
    },
    interactions: { url: (_ctx, interaction) => `${mount}/interaction/${interaction.uid}` },
    ttl: { Interaction: 600, Session: 36_000, Grant: 36_000, AccessToken: 600, IdToken: 600, AuthorizationCode: 60 },
    findAccount: (_ctx, sub) => {
      const person = personOf(sub);
      return person && { accountId: sub, claims: () => ({ sub, name: person.name, preferred_username: person.userName, email: person.userName, groups: [...person.groups] }) };
    },
    // The portal is the only client and belongs to the same house: no consent page.
    loadExistingGrant: async (ctx) => {
      const { client, session } = ctx.oidc;
      if (!client || !session?.accountId) return undefined;
      const grant = new ctx.oidc.provider.Grant({ clientId: client.clientId, accountId: session.accountId });
      grant.addOIDCScope("openid profile email groups");
      await grant.save();
      return grant;
    },
    renderError: (ctx, out) => {
      ctx.type = "html";
      ctx.body = logoutPage(`<p>The sign-in could not go on: ${String(out.error_description ?? out.error).replaceAll(/[<>&"]/g, " ")}.</p><p><a href="/">Back to Veribatch</a></p>`);
    },
  };
}

async function formOf(request: IncomingMessage): Promise<URLSearchParams> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request) {
    size += (chunk as Buffer).length;
    if (size > 10_000) return new URLSearchParams();
    chunks.push(chunk as Buffer);
  }
  return new URLSearchParams(Buffer.concat(chunks).toString("utf8"));
}

function sendPage(response: ServerResponse, html: string, status = 200): void {
  response.writeHead(status, {
    "content-type": "text/html; charset=utf-8", "cache-control": "no-store", "x-content-type-options": "nosniff", "referrer-policy": "no-referrer",
    "content-security-policy": "default-src 'none'; style-src 'self' 'unsafe-inline'; img-src 'self'; frame-ancestors 'none'; base-uri 'none'",
  }).end(html);
}

/**
 * The local OpenID provider with the demo people, served under the portal's own address at `/oidc`. It never runs beside a
 * real issuer. Every sign-in asks for the password again when the client says `prompt=login` or `max_age=0`.
 */
export function demoIdentity(publicUrl: string, clientId: string, demo: Secrets["demo"]): (request: IncomingMessage, response: ServerResponse) => void {
  const provider = new Provider(`${publicUrl}${mount}`, configuration(publicUrl, clientId, demo));
  const serve = provider.callback();
  const interaction = async (request: IncomingMessage, response: ServerResponse) => {
    const details = await provider.interactionDetails(request, response);
    const again = String(details.params["prompt"] ?? "").includes("login");
    const hint = typeof details.params["login_hint"] === "string" ? details.params["login_hint"] : "";
    const page = (userName: string, problem?: string) => loginPage({ uid: details.uid, userName, again, ...(problem ? { problem } : {}), people: demoPeople });
    if (request.method !== "POST") return sendPage(response, page(hint));
    const form = await formOf(request);
    const userName = (form.get("user") ?? "").trim();
    const person = personOf(userName);
    if (!person || !samePassword(form.get("password") ?? "")) return sendPage(response, page(userName, "The user name or the password is wrong. Nothing was signed in."), 401);
    await provider.interactionFinished(request, response, { login: { accountId: person.userName, acr: "urn:veribatch:demo:password", amr: ["pwd"], ts: Math.floor(Date.now() / 1000) } }, { mergeWithLastSubmission: false });
  };
  return (request, response) => {
    const original = request.url ?? "/";
    if (original.startsWith(`${mount}/interaction/`)) {
      interaction(request, response).catch(() => sendPage(response, logoutPage(`<p>This sign-in has expired.</p><p><a href="/">Start again</a></p>`), 400));
      return;
    }
    Object.assign(request, { originalUrl: original });
    request.url = original.slice(mount.length) || "/";
    void serve(request, response);
  };
}

