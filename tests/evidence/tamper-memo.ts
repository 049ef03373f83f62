// Loaded before the attack (node --import): hundreds of thousands of cases differ from one bundle in one place, so each signature of it would be
// verified as often. What the curves answer is remembered by key, message and signature; nothing else of the verifier is touched.
import { registerHooks } from "node:module";

const remembering = new URL("./tamper-curves.ts", import.meta.url).href;
const curves = new Set(["@noble/curves/ed25519.js", "@noble/curves/nist.js"]);

registerHooks({
  resolve: (specifier, context, next) => (curves.has(specifier) && context.parentURL !== remembering ? { url: remembering, shortCircuit: true, format: "module-typescript" } : next(specifier, context)),
});
