/** A site at which the loading stopped before its end, and why. */
export type StoppedPast = { readonly siteId: string; readonly siteName: string; readonly loaded: number; readonly of: number; readonly cause: string };
/** How far the loading of the demo story's past batches is, at the sites of the transaction. `loading`: some site still goes on. */
export type LoadingPast = { readonly loaded: number; readonly of: number; readonly loading: boolean; readonly stopped: readonly StoppedPast[] };
