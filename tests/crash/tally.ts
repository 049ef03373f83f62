import { appendFileSync, existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** What was done to the installation so far, over all runs on its directory. */
export type Tally = { kills: Record<"portal" | "source" | "ledger", number>; postgresKills: number; checks: number; failures: string[] };

/** Acknowledgements and tally of one directory; both survive the end of the harness. */
export class Account {
  readonly tally: Tally;
  readonly #acknowledgedFile: string;
  readonly #tallyFile: string;
  readonly entries = new Set<string>();
  readonly signatures = new Set<string>();
  /** First number of each acknowledged group of five samples. */
  readonly samples = new Set<number>();
  constructor(directory: string) {
    this.#acknowledgedFile = join(directory, "acknowledged.txt");
    this.#tallyFile = join(directory, "tally.json");
    this.tally = existsSync(this.#tallyFile) ? (JSON.parse(readFileSync(this.#tallyFile, "utf8")) as Tally) : { kills: { portal: 0, source: 0, ledger: 0 }, postgresKills: 0, checks: 0, failures: [] };
    if (existsSync(this.#acknowledgedFile)) for (const line of readFileSync(this.#acknowledgedFile, "utf8").split("\n")) this.#take(line);
  }

  #take(line: string): void {
    const [kind, id] = line.split(" ");
    if (!id) return;
    if (kind === "entry") this.entries.add(id);
    if (kind === "signature") this.signatures.add(id);
    if (kind === "samples") this.samples.add(Number(id));
  }

  acknowledged(kind: string, id: string): void {
    this.#take(`${kind} ${id}`);
    appendFileSync(this.#acknowledgedFile, `${kind} ${id}\n`);
  }

  get applicationKills(): number {
    return this.tally.kills.portal + this.tally.kills.source + this.tally.kills.ledger;
  }

  keep(): void {
    writeFileSync(this.#tallyFile, JSON.stringify(this.tally, null, 2));
  }
}
