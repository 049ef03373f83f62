import type { StepState } from "#lib/batch/state.ts";

export const stepStateName: Record<StepState, string> = { waiting: "Waiting", ready: "Ready", active: "Active", done: "Done", skipped: "Not applicable", voided: "Voided", forced: "Forced" };
