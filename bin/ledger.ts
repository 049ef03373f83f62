import { z } from "zod";
import { openDatabase } from "#db/client.ts";
import { sites } from "#db/schema/site.ts";
import { openKeyStore } from "#lib/ledger/key-store.ts";
import { ownSites } from "./plant/site-ownership.ts";
import { outsideWitness } from "./ledger/outside-witness.ts";
import { startIntegrity } from "./ledger/integrity.ts";
import { Sequencer } from "./ledger/sequencer.ts";

/** What the portal hands over when it starts the ledger; secrets travel this way and never on a command line. */
const handover = z.object({ databaseUrl: z.string(), keyDirectory: z.string(), witnessDirectory: z.string(), witness: z.object({ url: z.string(), key: z.string() }).optional() });

const roundEveryMs = 30;
const witnessEveryMs = 500;
/** An outside witness keeps every head it is given: one in ten seconds is enough to bind what came before. */
const outsideEveryMs = 10_000;
const claimEveryMs = 5_000;

const given = new Promise<z.infer<typeof handover>>((resolve) => process.once("message", (message) => resolve(handover.parse(message))));
process.once("disconnect", () => process.exit(0)); // the portal is gone, killed perhaps
process.once("SIGTERM", () => process.exit(0));
process.on("SIGINT", () => {}); // Ctrl-C reaches the portal too, which stops this process in its order

const settings = await given;
const database = openDatabase(settings.databaseUrl, 4);
const siteIds = (await database.select({ id: sites.id }).from(sites)).map((site) => site.id);
const ownership = await ownSites(database, siteIds, "ledger");
const keys = openKeyStore(settings.keyDirectory);
const complain = (sentence: string) => console.error(sentence);
const sequencer = new Sequencer({ database, keys, witnessDirectory: settings.witnessDirectory, complain });

/** A failed turn is not tried again sooner than this, ms. */
const afterFailureMs = 1_000;

/** Runs `work` again and again, a pause after each end. A failure is said once until a turn succeeds, and tried again. */
function keep(what: string, everyMs: number, work: () => Promise<unknown>): void {
  let said: string | undefined;
  const failed = (error: unknown): number => {
    const sentence = `${what}: ${error instanceof Error ? error.message : String(error)}`;
    if (sentence !== said) complain(sentence);
    said = sentence;
    return Math.max(everyMs, afterFailureMs);
  };
  const succeeded = (): number => {
    said = undefined;
    return everyMs;
  };
  const turn = () => void work().then(succeeded, failed).then((pause) => setTimeout(turn, pause));
  turn();
}

await sequencer.take(await ownership.claim());
startIntegrity({ ...settings, complain });
keep("The ledger could not give positions", roundEveryMs, () => sequencer.round(new Date()));
keep("The ledger's heads could not be co-signed", witnessEveryMs, () => sequencer.witness(new Date()));
keep("The ledger could not take over logs", claimEveryMs, async () => sequencer.take(await ownership.claim()));
if (settings.witness) {
  const submit = outsideWitness({ database, ...settings.witness, complain });
  keep("The outside witness could not be asked", outsideEveryMs, async () => submit(sequencer.going(), new Date()));
}
