import { document, models, overview, type Clause } from "./clause.ts";

const card = document("Model decision, simulated past", "docs/decisions/0005-simulated-past.md");

/** Rows 66 to 75: models, after the draft Annex 22. */
export const modelClauses: readonly Clause[] = [
  {
    number: 66, regulations: ["EU Annex 22, draft 2025"], clause: "Annex 22 draft, scope: static and deterministic", title: "A frozen model",
    must: "Freeze artefact, feature code and seed; the same input gives the same output; another artefact is refused.",
    control: "The artefact's hash is checked when it is loaded; training it anew gives the same bytes.",
    evidence: [models], state: "claimed",
  },
  {
    number: 67, regulations: ["EU Annex 22, draft 2025"], clause: "Annex 22 draft, intended use", title: "Intended use and input space",
    must: "Say for what and where a model applies; outside it gives no figure.",
    control: "The model's card names use and input space; an input outside it, or too old or too incomplete, yields \"not evaluated\".",
    evidence: [models, overview], state: "claimed", missing: { what: "the signature under the statement of intended use", work: "later" },
  },
  {
    number: 68, regulations: ["EU Annex 22, draft 2025"], clause: "Annex 22 draft, acceptance criteria", title: "Criteria before the test",
    must: "Sign acceptance criteria before the test runs and keep the baseline beside the result.",
    control: "The card states how the model did; criteria as a signed record are not built.", evidence: [models], state: "planned", work: "later",
  },
  {
    number: 69, regulations: ["EU Annex 22, draft 2025"], clause: "Annex 22 draft, test-data independence", title: "A sealed test set",
    must: "Seal the test set, log access, share no batch between training and test.",
    control: "Training and evaluation draw batches of disjoint seeds; sealing and its log are not built.", evidence: [models, card], state: "planned", work: "later",
  },
  {
    number: 70, regulations: ["EU Annex 22, draft 2025"], clause: "Annex 22 draft, test execution", title: "The test report",
    must: "Sign the report and treat a failure as a deviation.",
    control: "Not built.", evidence: [], state: "planned", work: "later",
  },
  {
    number: 71, regulations: ["EU Annex 22, draft 2025"], clause: "Annex 22 draft, explainability", title: "What moved the score",
    must: "Store with each critical output what contributed to it.",
    control: "The features behind a score are shown with it; contributions that sum to the output are not built.", evidence: [models], state: "planned", work: "later",
  },
  {
    number: 72, regulations: ["EU Annex 22, draft 2025"], clause: "Annex 22 draft, confidence", title: "Undecided is an answer",
    must: "Give no class below the confidence threshold and leave the decision to a person.",
    control: "The score is advisory and decides nothing; a confidence threshold is not built.", evidence: [models], state: "planned", work: "later",
  },
  {
    number: 73, regulations: ["EU Annex 22, draft 2025"], clause: "Annex 22 draft, operation", title: "Models in use",
    must: "Watch drift and performance, control changes, and record what the person saw.",
    control: "Each score is stored with the model's hash; drift is not watched.", evidence: [models], state: "planned", work: "later",
  },
  {
    number: 74, regulations: ["EU Annex 22, draft 2025"], clause: "Annex 22 draft, operation: change", title: "Which model was live when",
    must: "Promote and roll back by a record signed by process owner and QA; tell which model was live on a day.",
    control: "Each model version is registered with its hash and card; promotion by signature is not built.", evidence: [models], state: "planned", work: "later",
  },
  {
    number: 75, regulations: ["EU Annex 22, draft 2025"], clause: "Annex 22 draft, scope: generative models", title: "No generative model decides",
    must: "Keep generative models out of everything that limits, reviews or releases.",
    control: "The words that hold limits, checks and release call no model and no network, and no such package is part of the program.",
    evidence: [models], state: "claimed",
  },
];
