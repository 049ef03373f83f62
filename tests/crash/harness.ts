import { fork, spawn, type ChildProcess } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { examine } from "./examine.ts";
import { openInstallation, type Settings } from "./installation.ts";
import { Account } from "./tally.ts";

export type CrashRun = {
  readonly directory: string;
  /** Wanted totals over all runs on the directory. */
  readonly kills: number; readonly postgresKills: number;
  /** Application kills between two examinations. */
  readonly every: number;
  readonly random: () => number; readonly say: (line: string) => void;
};
type Name = "portal" | "source" | "ledger";
type Told = { readonly kind: string; readonly id: string };

const root = fileURLToPath(new URL("../..", import.meta.url));
const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
const gone = (child: ChildProcess) => (child.exitCode !== null || child.signalCode !== null ? Promise.resolve() : new Promise((resolve) => child.once("exit", resolve)));

/** Codes of a lost connection and of a database that stops, starts or recovers (PostgreSQL classes 08 and 57P); every other failure is a fault. */
const passing = /^(CONNECTION_(CLOSED|ENDED|DESTROYED)|CONNECT_TIMEOUT|ECONNREFUSED|ECONNRESET|EPIPE|08...|57P0.) /;

class Processes {
  readonly #running = new Map<Name, ChildProcess>();
  readonly #settings: () => Settings;
  readonly #account: Account;
  #port = 0;
  constructor(settings: () => Settings, account: Account) {
    this.#settings = settings;
    this.#account = account;
  }

  #hear(message: Told): void {
    if (["entry", "signature", "samples"].includes(message.kind)) this.#account.acknowledged(message.kind, message.id);
    if (message.kind === "failure" && !passing.test(message.id)) this.#account.tally.failures.push(message.id);
  }

  async #start(name: Name): Promise<void> {
    const settings = this.#settings();
    const child = name === "ledger"
      ? spawn(process.execPath, ["bin/run.mjs", "ledger"], { cwd: root, stdio: ["ignore", "ignore", "ignore", "ipc"] })
      : fork(fileURLToPath(new URL(`${name}.ts`, import.meta.url)), { cwd: root, stdio: ["ignore", "ignore", "inherit", "ipc"] });
    this.#running.set(name, child);
    const ready = new Promise<void>((resolve) => {
      child.on("message", (message: Told) => {
        if (message.kind === "ready" && name === "portal") this.#port = Number(message.id);
        if (message.kind === "ready") resolve();
        this.#hear(message);
      });
      child.once("exit", () => resolve());
    });
    if (name === "ledger") return void child.send({ databaseUrl: settings.sequencerUrl, keyDirectory: join(settings.directory, "keys"), witnessDirectory: join(settings.directory, "witness") });
    const next = Math.max(0, ...[...this.#account.samples].map((first) => first + 5));
    child.send(name === "portal" ? settings : { port: this.#port, key: settings.sourceKey, from: next });
    await ready;
  }

  /** Starts what is not running, the portal first: the source needs its port. */
  async fill(): Promise<void> {
    for (const name of ["ledger", "portal", "source"] as const) {
      const child = this.#running.get(name);
      if (!child || child.exitCode !== null || child.signalCode !== null) await this.#start(name);
    }
  }

  async kill(name: Name): Promise<void> {
    const child = this.#running.get(name);
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    child.kill("SIGKILL");
    await gone(child);
    // The source looks for the portal at its old port: a portal that comes back is another one to it.
    if (name === "portal") await this.kill("source");
    this.#account.tally.kills[name] += 1;
  }

  async stopAll(except: readonly Name[] = []): Promise<void> {
    for (const [name, child] of this.#running) {
      if (except.includes(name)) continue;
      child.kill("SIGKILL");
      await gone(child);
    }
  }
}

/** Kills application processes and PostgreSQL at random moments until the wanted totals are reached; examines now and then and at the end. Returns what is wrong. */
export async function crash(run: CrashRun): Promise<{ readonly account: Account; readonly faults: readonly string[] }> {
  const { directory, random, say } = run;
  let { cluster, settings } = await openInstallation(directory);
  const account = new Account(directory);
  const processes = new Processes(() => settings, account);
  const examined = async (): Promise<readonly string[]> => {
    await processes.fill();
    await processes.stopAll(["ledger"]);
    const faults = await examine(settings, account);
    account.tally.checks += 1;
    account.keep();
    const { kills, postgresKills } = account.tally;
    say(`${account.applicationKills} application kills (portal ${kills.portal}, source ${kills.source}, ledger ${kills.ledger}), ${postgresKills} of PostgreSQL; ${account.entries.size} entries, ${account.signatures.size} signatures, ${account.samples.size * 5} samples acknowledged; ${faults.length + account.tally.failures.length} faults`);
    return [...faults, ...account.tally.failures];
  };
  const killPostgres = async () => {
    const pidFile = join(directory, "postgres", "postmaster.pid");
    if (existsSync(pidFile)) process.kill(Number(readFileSync(pidFile, "utf8").split("\n")[0]), "SIGKILL");
    await cluster.exited;
    account.tally.postgresKills += 1;
    await processes.stopAll();
    ({ cluster, settings } = await openInstallation(directory));
  };
  const names: readonly Name[] = ["portal", "portal", "ledger", "source"];
  try {
    let next = account.applicationKills + run.every;
    while (account.applicationKills < run.kills || account.tally.postgresKills < run.postgresKills) {
      await processes.fill();
      await pause(50 + random() * 700);
      if (account.tally.postgresKills < run.postgresKills * Math.min(1, (account.applicationKills + 1) / Math.max(1, run.kills))) await killPostgres();
      else {
        await processes.kill(names[Math.floor(random() * names.length)] ?? "portal");
        if (random() < 0.2) await processes.kill("ledger");
      }
      if (account.applicationKills >= next) {
        const faults = await examined();
        if (faults.length > 0) return { account, faults };
        next = account.applicationKills + run.every;
      }
    }
    return { account, faults: await examined() };
  } finally {
    await processes.stopAll();
    await cluster.stop();
  }
}
