import { join, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { buildVerifier, verifierDirectory } from "./verify/build.ts";

// npm run build:verifier [directory]: the verifier as one JavaScript file and one HTML file.
const root = fileURLToPath(new URL("..", import.meta.url));
const directory = resolve(process.argv[2] ?? join(root, verifierDirectory));
for (const { name, bytes, sha256 } of await buildVerifier(root, directory)) console.log(`${relative(process.cwd(), join(directory, name))}  ${bytes} bytes  SHA-256 ${sha256}`);
