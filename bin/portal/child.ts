import { spawn, type ChildProcess } from "node:child_process";
import { resolve } from "node:path";

type Child = {
  readonly root: string; readonly program: string; readonly args?: readonly string[]; readonly env?: Readonly<Record<string, string>>;
  /** Sent as first message: secrets travel this way and never on a command line. */
  readonly handover: object;
  /** It ends by itself when its work is done, and is then not started again. */
  readonly ends?: boolean;
};

/** Runs a program of ours as a process of its own and starts it again two seconds after it died. `stop` ends it and waits. */
export function keepRunning({ root, program, args = [], env = {}, handover, ends = false }: Child): { readonly current: () => ChildProcess; readonly stop: () => Promise<void> } {
  let child: ChildProcess;
  let stopping = false;
  const launch = () => {
    child = spawn(process.execPath, [resolve(root, "bin/run.mjs"), program, ...args], { cwd: root, stdio: ["ignore", "inherit", "inherit", "ipc"], env: { ...process.env, ...env } });
    child.send(handover);
    child.once("exit", (code) => void (stopping || (ends && code === 0) || setTimeout(() => void (stopping || launch()), 2_000)));
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
