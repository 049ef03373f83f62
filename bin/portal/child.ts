import { spawn, type ChildProcess } from "node:child_process";
import { resolve } from "node:path";

type Child = {
  readonly root: string; readonly program: string; readonly args?: readonly string[]; readonly env?: Readonly<Record<string, string>>;
  /** Sent as first message: secrets travel this way and never on a command line. */
  readonly handover: object;
  /** Of a program that ends by itself when its work is done: how long to wait before each further start after it died instead, milliseconds; after the last it is left, and `left` is called. */
  readonly restarts?: readonly number[];
  readonly left?: () => void;
};

const always = 2_000;

/** Runs a program of ours as a process of its own and starts it again two seconds after it died, or as `restarts` says. `stop` ends it and waits. */
export function keepRunning({ root, program, args = [], env = {}, handover, restarts, left }: Child): { readonly current: () => ChildProcess; readonly stop: () => Promise<void> } {
  let child: ChildProcess;
  let stopping = false;
  let deaths = 0;
  const ended = (code: number | null): void => {
    if (stopping || (restarts && code === 0)) return;
    const wait = restarts ? restarts[deaths] : always;
    deaths += 1;
    if (wait === undefined) left?.();
    else setTimeout(() => void (stopping || launch()), wait);
  };
  const launch = () => {
    child = spawn(process.execPath, [resolve(root, "bin/run.mjs"), program, ...args], { cwd: root, stdio: ["ignore", "inherit", "inherit", "ipc"], env: { ...process.env, ...env } });
    child.on("error", () => {}); // a handover that finds nobody any more; the end itself is reported
    child.send(handover, () => {});
    child.once("exit", ended);
  };
  launch();
  return {
    current: () => child,
    stop: async () => {
      stopping = true;
      const gone = new Promise((r) => child.once("exit", r));
      if (child.exitCode === null && child.signalCode === null && child.kill("SIGTERM")) await gone;
    },
  };
}
