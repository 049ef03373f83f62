import { fork } from "node:child_process";
import { fileURLToPath } from "node:url";
import { BrokenPromise } from "#lib/result.ts";

/** What a program of the benchmark can be asked, by name. */
export type Questions = Readonly<Record<string, (input: never) => unknown>>;
type Question = { readonly id: number; readonly name: string; readonly input: unknown };
type Answer = { readonly id: number; readonly output?: unknown; readonly error?: string };

/** Another process that answers the questions of `Q`. */
export type Peer<Q extends Questions> = {
  readonly ask: <Name extends keyof Q & string>(name: Name, input: Parameters<Q[Name]>[0]) => Promise<Awaited<ReturnType<Q[Name]>>>;
  readonly stop: () => void;
};

/** Starts `file` of this folder as a process of its own and asks it over its channel. */
export function startPeer<Q extends Questions>(file: string): Peer<Q> {
  const child = fork(fileURLToPath(new URL(file, import.meta.url)), { stdio: ["ignore", "inherit", "inherit", "ipc"] });
  const waiting = new Map<number, (answer: Answer) => void>();
  let asked = 0;
  child.on("message", (answer: Answer) => waiting.get(answer.id)?.(answer));
  child.once("exit", (code) => {
    for (const [id, settle] of waiting) settle({ id, error: `the process ended with code ${code}` });
  });
  return {
    ask: (name, input) => new Promise((resolve, reject) => {
      const id = ++asked;
      waiting.set(id, ({ output, error }) => {
        waiting.delete(id);
        if (error === undefined) resolve(output as never);
        else reject(new BrokenPromise("bench-process", `${file}, ${name}: ${error}`));
      });
      child.send({ id, name, input } satisfies Question);
    }),
    stop: () => void child.kill(),
  };
}

/** The other side: answers the process that started this one, and ends with it. */
export function answerParent(questions: Questions): void {
  process.once("disconnect", () => process.exit(0));
  process.on("message", ({ id, name, input }: Question) => {
    Promise.resolve()
      .then(() => questions[name]?.(input as never))
      .then((output) => process.send?.({ id, output } satisfies Answer), (error: unknown) => process.send?.({ id, error: error instanceof Error ? error.message : String(error) } satisfies Answer));
  });
}

/** What a server has used since it started. */
export type Usage = { readonly cpuUs: number; readonly rssMb: number };
export function usage(): Usage {
  const { user, system } = process.cpuUsage();
  return { cpuUs: user + system, rssMb: process.memoryUsage.rss() / 1_048_576 };
}
