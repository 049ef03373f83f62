import { z } from "zod";
import { BrokenPromise } from "./result.ts";

/** The one place where the environment is read. Programs call `readEnv` once and pass on what they need. */
const shape = z.object({
  PORT: z.coerce.number().int().min(1).max(65535).default(3000),
  HOST: z.string().optional(),
  PUBLIC_URL: z.url().optional(),
  DATA_DIR: z.string().default(".data"),
  DEMO: z.enum(["on", "off"]).default("on"),
  DATABASE_URL: z.string().optional(),
  PORTAL_DATABASE_URL: z.string().optional(),
  PLANT_DATABASE_URL: z.string().optional(),
  SEQUENCER_DATABASE_URL: z.string().optional(),
  OIDC_ISSUER: z.url().optional(),
  OIDC_CLIENT_ID: z.string().optional(),
  OIDC_CLIENT_SECRET: z.string().optional(),
  OIDC_GROUPS_CLAIM: z.string().default("groups"),
  OIDC_SCOPE: z.string().default("openid profile email"),
  AUTH_SECRET: z.string().optional(),
  /** Where private keys lie, a file each; else DATA_DIR/keys. */
  KEY_DIR: z.string().optional(),
  /** Where heads of the ledger are kept outside PostgreSQL; else DATA_DIR/witness. */
  WITNESS_DIR: z.string().optional(),
  /** A witness elsewhere (C2SP tlog-witness) that co-signs heads as well. */
  WITNESS_URL: z.url().optional(),
  SESSION_IDLE_MINUTES: z.coerce.number().positive().default(30),
  SESSION_HOURS: z.coerce.number().positive().default(10),
  PLANT_SPEED: z.coerce.number().positive().max(2000).default(1),
});
export type Env = z.infer<typeof shape>;

/** Parses the environment; throws one sentence naming the variable that is wrong. */
export function readEnv(source: Readonly<Record<string, string | undefined>> = process.env): Env {
  const present = Object.fromEntries(Object.entries(source).filter(([, value]) => value !== ""));
  const parsed = shape.safeParse(present);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  throw new BrokenPromise("environment", `The environment variable ${issue?.path.join(".")} is wrong: ${issue?.message}. Correct or unset it, then start again.`);
}

/** Where the browser finds the portal, without a trailing slash. */
export const publicUrl = (env: Env): string => (env.PUBLIC_URL ?? `http://localhost:${env.PORT}`).replace(/\/$/, "");

/** Is the demo identity provider (people, plant, story) on? A real issuer turns the people off. */
export const demoPeople = (env: Env): boolean => env.DEMO === "on" && env.OIDC_ISSUER === undefined;
