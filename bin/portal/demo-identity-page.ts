import type { DemoPerson } from "./demo-people.ts";

const escape = (text: string): string => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll('"', "&quot;");

const style = `
:root{--ink:#1b1f24;--ink-2:#59616b;--line:#d9dce0;--line-strong:#767e87;--action:#1f4e79;--canvas:#f4f5f6}
*{box-sizing:border-box}body{margin:0;font:14px/20px "Inter Variable",Inter,"Liberation Sans",Arial,system-ui,sans-serif;color:var(--ink);background:var(--canvas)}
main{max-width:880px;margin:8vh auto 0;padding:0 24px 48px;display:grid;grid-template-columns:minmax(280px,360px) 1fr;gap:24px;align-items:start}
@media(max-width:760px){main{grid-template-columns:1fr;margin-top:24px}}
section{background:#fff;border:1px solid var(--line);border-radius:6px;padding:24px}
h1{font-size:20px;line-height:28px;margin:0 0 4px}h2{font-size:14px;margin:0 0 8px}p{margin:0 0 16px;color:var(--ink-2)}
label{display:block;font-weight:600;margin:12px 0 4px}
input{width:100%;height:40px;padding:0 10px;border:1px solid var(--line-strong);border-radius:4px;font:inherit;color:inherit;background:#fff}
button{margin-top:16px;width:100%;height:40px;border:0;border-radius:4px;background:var(--action);color:#fff;font:inherit;font-weight:600;cursor:pointer}
:focus-visible{outline:2px solid var(--action);outline-offset:2px}
.problem{border-left:3px solid #a4161a;background:#fbe3e1;color:var(--ink);padding:8px 12px}
table{border-collapse:collapse;width:100%;font-size:13px}td,th{text-align:left;padding:5px 8px 5px 0;border-top:1px solid var(--line);vertical-align:top;font-weight:400}
td:last-child{color:var(--ink-2)}code{font:12px ui-monospace,monospace}a{color:var(--action)}`;

const page = (title: string, body: string): string =>
  `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1"><title>${title} · demo identity provider</title><style>${style}</style></head><body><main>${body}</main></body></html>`;

export type LoginPage = { readonly uid: string; readonly userName: string; readonly again: boolean; readonly problem?: string; readonly people: readonly DemoPerson[] };

/** The provider's sign-in form. `again`: the portal asks for the password anew, for a signature. */
export function loginPage({ uid, userName, again, problem, people }: LoginPage): string {
  const rows = people.map((p) => `<tr><th scope="row"><code>${escape(p.userName)}</code></th><td>${escape(p.name)}</td><td>${escape(p.does)}</td></tr>`).join("");
  return page(again ? "Prove it is you" : "Sign in", `<section><h1>${again ? "Prove it is you" : "Sign in"}</h1>
<p>${again ? "Veribatch asks you to sign in again before you sign." : "Demo identity provider. It knows the people listed here and nobody else."}</p>
${problem ? `<p class="problem" role="alert">${escape(problem)}</p>` : ""}
<form method="post" action="/oidc/interaction/${escape(uid)}">
<label for="user">User name</label><input id="user" name="user" autocomplete="username" required value="${escape(userName)}"${userName ? "" : " autofocus"}>
<label for="password">Password</label><input id="password" name="password" type="password" autocomplete="current-password" required${userName ? " autofocus" : ""}>
<button>${again ? "Confirm" : "Sign in"}</button></form></section>
<section><h2>Demo people, password <code>demo</code></h2><table><tbody>${rows}</tbody></table></section>`);
}

/** A small page around what the provider itself asks or says. */
export const logoutPage = (inner: string): string =>
  page("Sign-out", `<section><h1>Demo identity provider</h1>${inner.includes("<form") ? `${inner}<p>Sign out at the provider as well?</p><button form="op.logoutForm" name="logout" value="yes">Sign out</button>` : inner}</section>`);
