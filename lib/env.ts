import { z } from "zod";
import { BrokenPromise } from "./result.ts";

/** The one place where the environment is read. Programs call `readEnv` once and pass on what they need. */
const shape = z.object({
  PORT: z.coerce.number().int().min(1).max(65535).default(3000),
  HOST: z.string().optional(),
  PUBLIC_URL: z.url().optional(),
  DATA_DIR: z.string().default(".data"),
  DEMO: z.enum(["on", "off"]).default("on"),
  /** The past batches of the demo story, loaded behind the ready portal. */
  DEMO_HISTORY: z.enum(["on", "off"]).default("on"),
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
  /** Its verifier key, as it prints it at its start; needed with WITNESS_URL. */
  WITNESS_KEY: z.string().optional(),
  SESSION_IDLE_MINUTES: z.coerce.number().positive().default(30),
  SESSION_HOURS: z.coerce.number().positive().default(10),
  /** Hours between the enrolment of a passkey and its first signature; without it 0 with the demo provider and 24 otherwise. */
  SIGNING_COOL_OFF_HOURS: z.coerce.number().min(0).max(720).optional(),
  PLANT_SPEED: z.coerce.number().positive().max(2000).default(1),
});
export type Env = z.infer<typeof shape>;

type Source = Readonly<Record<string, string | undefined>>;

function parseBy<Value>(wanted: z.ZodType<Value>, source: Source): Value {
  const present = Object.fromEntries(Object.entries(source).filter(([, value]) => value !== ""));
  const parsed = wanted.safeParse(present);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  throw new BrokenPromise("environment", `The environment variable ${issue?.path.join(".")} is wrong: ${issue?.message}. Correct or unset it, then start again.`);
}

/** Parses the environment; throws one sentence naming the variable that is wrong. */
export const readEnv = (source: Source = process.env): Env => parseBy(shape, source);

/** Of the witness program (docs/witness.md), which runs on another machine than the portal. */
const witnessShape = z.object({
  WITNESS_DIR: z.string().default(".data/outside-witness"),
  WITNESS_PORT: z.coerce.number().int().min(0).max(65535).default(3200),
  WITNESS_HOST: z.string().optional(),
  /** The name it co-signs under, like a URL without its scheme; else the machine's name. */
  WITNESS_NAME: z.string().optional(),
  /** File of the logs it witnesses; else logs.json in WITNESS_DIR. */
  WITNESS_LOGS: z.string().optional(),
});
export type WitnessEnv = z.infer<typeof witnessShape>;
export const readWitnessEnv = (source: Source = process.env): WitnessEnv => parseBy(witnessShape, source);

/** Where the browser finds the portal, without a trailing slash. */
export const publicUrl = (env: Env): string => (env.PUBLIC_URL ?? `http://localhost:${env.PORT}`).replace(/\/$/, "");

/** Is the demo identity provider (people, plant, story) on? A real issuer turns the people off. */
export const demoPeople = (env: Env): boolean => env.DEMO === "on" && env.OIDC_ISSUER === undefined;
