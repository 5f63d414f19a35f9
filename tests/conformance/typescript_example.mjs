// Checks the types of an example of the documents and takes them off, so that Node can run it.
// Usage: node typescript_example.mjs EXAMPLE.ts… ; writes EXAMPLE.mjs beside each.
import { writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import { fileURLToPath } from "node:url";

// The pinned one of the page checks.
const ts = createRequire(new URL("../browser/package.json", import.meta.url))("typescript");

const OPTIONS = {
  strict: true,
  skipLibCheck: true,
  target: ts.ScriptTarget.ES2022,
  module: ts.ModuleKind.ESNext,
  moduleResolution: ts.ModuleResolutionKind.Bundler,
  moduleDetection: ts.ModuleDetectionKind.Force,
  lib: ["lib.es2023.d.ts", "lib.dom.d.ts", "lib.dom.iterable.d.ts"],
  typeRoots: [fileURLToPath(new URL("../browser/node_modules/@types", import.meta.url))],
  types: ["node"],
};

const files = process.argv.slice(2).map((file) => path.resolve(file));
const host = ts.createCompilerHost(OPTIONS);
host.writeFile = (name, text) => writeFileSync(name.replace(/\.js$/, ".mjs"), text);

const program = ts.createProgram(files, OPTIONS, host);
const wrong = [...ts.getPreEmitDiagnostics(program), ...program.emit().diagnostics];
if (wrong.length > 0) {
  console.error(ts.formatDiagnostics(wrong, host));
  process.exit(1);
}
