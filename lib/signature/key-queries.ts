import { asc, eq } from "drizzle-orm";
import { registerKeys } from "#db/schema/ledger.ts";
import type { SiteTx } from "#db/scope.ts";
import type { AttestationKey } from "./attestation.ts";

/** Every key of the register that attested or attests signatures, oldest first. */
export async function attestationKeys(tx: SiteTx): Promise<readonly AttestationKey[]> {
  return tx.select({ id: registerKeys.id, publicKey: registerKeys.publicKey, validFrom: registerKeys.validFrom, validTo: registerKeys.validTo })
    .from(registerKeys).where(eq(registerKeys.purpose, "attestation")).orderBy(asc(registerKeys.validFrom), asc(registerKeys.id));
}
