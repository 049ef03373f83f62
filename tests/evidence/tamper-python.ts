import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

export type Answer = { readonly verified: boolean; readonly checks: readonly { readonly name: string; readonly holds: boolean; readonly finding: string }[]; readonly fingerprint: string; readonly fault?: string };
export type PythonVerifier = {
  /** The second verifier's answer; questions are answered in the order they were put. */
  readonly ask: (bytes: Uint8Array, trust: string) => Promise<Answer>;
  readonly end: () => Promise<void>;
};

/** The second verifier. */
export const programme = fileURLToPath(new URL("../verifier/verify.py", import.meta.url));
export const pythonMissing = "Python 3.9 or later is needed to check the two verifiers against each other: install it so that `python3` starts it.";

function part(bytes: Uint8Array): Buffer {
  const head = Buffer.alloc(4);
  head.writeUInt32BE(bytes.length);
  return Buffer.concat([head, bytes]);
}

/** Starts the verifier in Python; it ends with `end`. Refuses with a sentence when there is no Python. */
export async function startPython(): Promise<PythonVerifier> {
  const child = spawn("python3", ["-B", programme, "--serve"], { stdio: ["pipe", "pipe", "inherit"] });
  const exited = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  await new Promise<void>((resolve, reject) => {
    child.once("spawn", resolve);
    child.once("error", (cause) => reject(new Error(pythonMissing, { cause })));
  });
  const waiting: { readonly resolve: (answer: Answer) => void; readonly reject: (error: Error) => void }[] = [];
  createInterface({ input: child.stdout }).on("line", (line) => waiting.shift()?.resolve(JSON.parse(line) as Answer));
  child.once("exit", (code) => { for (const { reject } of waiting.splice(0)) reject(new Error(`the verifier in Python ended with ${code}`)); });
  return {
    ask: (bytes, trust) => new Promise((resolve, reject) => {
      waiting.push({ resolve, reject });
      child.stdin.write(Buffer.concat([part(Buffer.from(trust, "ascii")), part(bytes)]));
    }),
    end: async () => {
      child.stdin.end();
      await exited;
    },
  };
}
