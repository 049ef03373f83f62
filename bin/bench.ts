import { StartRefused } from "./portal/refusal.ts";

/** A benchmark prints its table and returns what stands in the last line, as JSON. */
export type Benchmark = (options: { readonly full: boolean; readonly say: (line: string) => void }) => Promise<object>;

/** By name; loaded when asked for, so that one does not pay for the others. */
const benchmarks: Readonly<Record<string, () => Promise<Benchmark>>> = {
  audit: async () => (await import("./bench/audit.ts")).audit,
  explorer: async () => (await import("./bench/explorer.ts")).explorer,
  live: async () => (await import("./bench/live.ts")).live,
  report: async () => (await import("./bench/report.ts")).report,
  trace: async () => (await import("./bench/trace.ts")).trace,
};

const names = Object.keys(benchmarks).join(", ");

async function run(): Promise<void> {
  const [name, ...options] = process.argv.slice(2);
  const load = name !== undefined && Object.hasOwn(benchmarks, name) ? benchmarks[name] : undefined;
  const unknown = options.find((option) => option !== "--full");
  if (!load || unknown) throw new StartRefused(`${unknown ? `There is no option ${unknown}` : name ? `There is no benchmark ${name}` : "Say which benchmark"}. There are: ${names}. Run one with: npm run bench -- live [--full]`);
  const benchmark = await load();
  console.log(JSON.stringify(await benchmark({ full: options.includes("--full"), say: (line) => console.log(line) })));
}

run().catch((error: unknown) => {
  console.error(error instanceof StartRefused ? error.message : error);
  process.exitCode = 1;
});
