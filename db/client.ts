import { drizzle, type PostgresJsDatabase } from "drizzle-orm/postgres-js";
import postgres from "postgres";
import { BrokenPromise } from "#lib/result.ts";

export type Database = PostgresJsDatabase & { $client: postgres.Sql };

/** Longer statements are bulk inserts of a varying number of rows: each would stay prepared in its connection and never be used again. */
const preparedUpTo = 4_000;

/**
 * Lets the statements Drizzle sends be prepared once per connection. Unprepared, the driver asks the server for the types of the
 * parameters first, so every statement costs two round trips instead of one. `over`: has the transaction they belong to ended?
 */
function preparing<S extends Pick<postgres.Sql, "unsafe">>(client: S, over = () => false): S {
  const send = client.unsafe;
  const unsafe: typeof send = (text, parameters, options) => {
    if (over()) throw new BrokenPromise("transaction-over", "a statement came after its transaction had ended or its connection was lost");
    return send(text, parameters, parameters && parameters.length > 0 && text.length <= preparedUpTo ? { ...options, prepare: true } : options);
  };
  return Object.assign(client, { unsafe });
}

/**
 * Begins transactions that end with their connection. The driver hands a lost connection, once it stands again, to the next
 * transaction, while the work of the lost one may still run: nothing of it, and no rollback for it, may reach that other transaction.
 */
function beginning(client: postgres.Sql): (work: (tx: postgres.TransactionSql) => Promise<unknown>) => Promise<unknown> {
  const begin = client.begin.bind(client) as (work: (tx: postgres.TransactionSql) => Promise<unknown>) => Promise<unknown>;
  return async (work) => {
    let over = false;
    try {
      return await begin((tx) => new Promise((resolve, reject) => {
        work(preparing(tx, () => over)).then((result) => { if (!over) resolve(result); }, (error: Error) => { if (!over) reject(error); });
      }));
    } finally {
      over = true;
    }
  };
}

/** Opens a pool. `max` connections; idle ones are closed after a minute so that a stopped database is noticed early. */
export function openDatabase(url: string, max = 10): Database {
  const client = preparing(postgres(url, { max, idle_timeout: 60, connect_timeout: 10, onnotice: () => {}, connection: { application_name: "veribatch" } }));
  return drizzle({ client: Object.assign(client, { begin: beginning(client) }) }) as Database;
}

/** On globalThis: the bundled pages and the front door are two module graphs in one process and share one pool. */
const shared = globalThis as typeof globalThis & { __veribatchDatabase?: Database };

/** Called once by the program that owns the pool. */
export function providePortalDatabase(database: Database): void {
  shared.__veribatchDatabase = database;
}

/** The portal's pool. */
export function portalDatabase(): Database {
  if (!shared.__veribatchDatabase) throw new BrokenPromise("no-database", "the portal's pool was not provided by the program that runs this");
  return shared.__veribatchDatabase;
}
