import { ceremonyName, openCeremonies, policyName, type Ceremony, type Standing } from "./ceremony.ts";
import type { Obstacle } from "./obstacle.ts";

const accountPage = "/account";

/** What stands between this person and any signature of a meaning: a lock, the accountability statement, the ceremony the site asks for. */
export function meansObstacles(standing: Standing, chosen: Ceremony | undefined, meaning: string): readonly Obstacle[] {
  const open = openCeremonies(standing);
  const { coolingPasskeys, policy } = standing;
  const missing = coolingPasskeys > 0 ? "yours may not sign yet: see from when" : "no passkey that may sign is enrolled for you: enrol one";
  return [
    ...(standing.lockedSince ? [{ sentence: "Your signing is locked after failed attempts; an administrator unlocks it", anchor: "signatures", holder: "Administrator", address: accountPage }] : []),
    ...(standing.undertaken ? [] : [{ sentence: "You have not accepted the signature-accountability statement yet: accept it", anchor: "signatures", holder: "You", address: `${accountPage}#undertaking` }]),
    ...(open.length === 0 ? [{ sentence: `This site asks for a passkey to sign "${meaning}", and ${missing}`, anchor: "signatures", holder: "You", address: `${accountPage}#passkeys` }] : []),
    ...(chosen && open.length > 0 && !open.includes(chosen) ? [ceremonyObstacle(chosen, policy, missing, meaning)] : []),
  ];
}

function ceremonyObstacle(chosen: Ceremony, policy: Standing["policy"], missing: string, meaning: string): Obstacle {
  if (policy !== "either" && policy !== chosen) return { sentence: `This site asks for "${policyName[policy]}" to sign "${meaning}", not for "${ceremonyName[chosen]}"`, anchor: "signatures", holder: "You" };
  return { sentence: `To sign with a passkey one is needed, and ${missing}`, anchor: "signatures", holder: "You", address: `${accountPage}#passkeys` };
}
