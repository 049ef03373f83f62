import tseslint from "typescript-eslint";

const clock = { selector: "NewExpression[callee.name='Date'][arguments.length=0], CallExpression[callee.object.name='Date'][callee.property.name='now'], CallExpression[callee.object.name='Math'][callee.property.name='random']", message: "Core takes the clock and chance as arguments." };
const environment = { selector: "MemberExpression[object.name='process'][property.name='env']", message: "The environment is read in lib/env.ts." };
const io = ["lib/**/*queries.ts", "lib/**/*commands.ts", "lib/**/*actions.ts", "lib/access/current.ts", "lib/access/provider.ts", "lib/access/end-session.ts", "lib/signature/step-up.ts", "lib/ledger/key-store.ts", "lib/ledger/witness-file.ts", "lib/ledger/witness-client.ts", "lib/document/seal.ts"];

export default tseslint.config(
  { ignores: ["node_modules/", ".next/", ".data/", ".test/", "next-env.d.ts", "db/migrations/", "public/verifier/"] },
  ...tseslint.configs.recommended,
  {
    languageOptions: { parserOptions: { projectService: { allowDefaultProject: ["*.mjs", "bin/*.mjs"] }, tsconfigRootDir: import.meta.dirname } },
    rules: {
      "@typescript-eslint/no-unused-vars": ["error", { argsIgnorePattern: "^_", varsIgnorePattern: "^_", ignoreRestSiblings: true }],
      "@typescript-eslint/no-floating-promises": "error",
      "@typescript-eslint/no-explicit-any": "error",
      "@typescript-eslint/switch-exhaustiveness-check": ["error", { considerDefaultExhaustiveForUnions: true }],
      "@typescript-eslint/consistent-type-imports": "error",
      "no-restricted-syntax": ["error", environment],
      "no-console": ["error", { allow: ["error"] }],
      "max-lines": ["error", { max: 320, skipBlankLines: true }],
    },
  },
  { files: ["lib/**/*.ts"], ignores: [...io, "lib/**/*.test.ts"], rules: { "no-restricted-syntax": ["error", environment, clock] } },
  { files: ["lib/env.ts", "bin/**/*.ts", "bin/*.mjs", "middleware.ts", "*.config.ts", "tests/**/*.ts"], rules: { "no-restricted-syntax": "off" } },
  { files: ["bin/**/*.ts", "bin/*.mjs", "tests/**/*.ts"], rules: { "no-console": "off" } },
);
