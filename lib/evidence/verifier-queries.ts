import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { sha256 } from "#lib/digest/digest.ts";

/** A verifier that can be downloaded, as it lies in the folder it is served from. */
export type VerifierFile = { readonly name: string; readonly bytes: number; readonly sha256: string };

const names = ["veribatch-verify.html", "veribatch-verify.mjs"] as const;

/** The verifiers the portal built at its start, with the digests of what it serves. Empty where they were not built. */
export async function verifierFiles(root: string): Promise<readonly VerifierFile[]> {
  const files = await Promise.all(names.map(async (name) => {
    const bytes = await readFile(join(root, "public", "verifier", name)).catch((error: unknown) => {
      if (error instanceof Error && "code" in error && error.code === "ENOENT") return undefined;
      throw error;
    });
    return bytes && { name, bytes: bytes.length, sha256: sha256(bytes) };
  }));
  return files.filter((file) => file !== undefined);
}
