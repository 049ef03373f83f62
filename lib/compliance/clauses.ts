import { batchClauses } from "./clause-batch.ts";
import { modelClauses } from "./clause-models.ts";
import { operationClauses } from "./clause-operation.ts";
import { recordClauses } from "./clause-records.ts";
import { signatureClauses } from "./clause-signatures.ts";
import type { Clause } from "./clause.ts";

/** The rows in the chapters a reader looks for, by number. */
export const chapters: readonly { readonly name: string; readonly clauses: readonly Clause[] }[] = [
  { name: "Electronic records and audit trail", clauses: recordClauses },
  { name: "Electronic signatures", clauses: signatureClauses },
  { name: "Batch record, release and quality system", clauses: batchClauses },
  { name: "Screens, alarms, validation and machines", clauses: operationClauses },
  { name: "Models", clauses: modelClauses },
];

/** All rows, by number from 1 without a gap. */
export const clauses: readonly Clause[] = chapters.flatMap((chapter) => chapter.clauses);
