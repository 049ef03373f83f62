import type { MasterParameter } from "#lib/recipe/master-record.ts";

/** Names of a formula with the parameters they stand for, in the order they were written. */
export const inputNames = (p: MasterParameter): readonly { readonly name: string; readonly parameter: string }[] => Object.entries(p.formula?.inputs ?? {}).map(([name, parameter]) => ({ name, parameter }));
