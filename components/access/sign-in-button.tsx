"use client";

import { signIn } from "next-auth/react";
import { useState } from "react";

/** Goes to the identity provider and comes back to `to`. */
export function SignInButton({ to }: { to: string }) {
  const [going, setGoing] = useState(false);
  return (
    <button type="button" className="button primary large wide" disabled={going} onClick={() => { setGoing(true); void signIn("oidc", { callbackUrl: to }); }}>
      {going ? "Going to the company sign-in" : "Sign in with the company account"}
    </button>
  );
}
