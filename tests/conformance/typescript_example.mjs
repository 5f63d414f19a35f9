// Checks the types of an example of docs/api.md and takes them off, so that Node can run it.
// Usage: node typescript_example.mjs EXAMPLE.ts… ; writes EXAMPLE.mjs beside each.
import { writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";

// The pinned one of the page checks.
const ts = createRequire(new URL("../browser/package.json", import.meta.url))("typescript");

const OPTIONS = {
  strict: true,
  target: ts.ScriptTarget.ES2022,
  module: ts.ModuleKind.ESNext,
  moduleDetection: ts.ModuleDetectionKind.Force,
  lib: ["lib.es2023.d.ts", "lib.dom.d.ts", "lib.dom.iterable.d.ts"],
  types: [],
};
// All of Node that the examples name.
const NODE = "declare const process: { env: Record<string, string | undefined> };";

const files = process.argv.slice(2).map((file) => path.resolve(file));
const host = ts.createCompilerHost(OPTIONS);
const ambient = path.resolve("node.d.ts");
const { fileExists, readFile, getSourceFile } = host;
host.fileExists = (name) => name === ambient || fileExists(name);
host.readFile = (name) => (name === ambient ? NODE : readFile(name));
host.getSourceFile = (name, ...rest) =>
  name === ambient ? ts.createSourceFile(name, NODE, OPTIONS.target) : getSourceFile(name, ...rest);
host.writeFile = (name, text) => writeFileSync(name.replace(/\.js$/, ".mjs"), text);

const program = ts.createProgram([ambient, ...files], OPTIONS, host);
const wrong = [...ts.getPreEmitDiagnostics(program), ...program.emit().diagnostics];
if (wrong.length > 0) {
  console.error(ts.formatDiagnostics(wrong, host));
  process.exit(1);
}
