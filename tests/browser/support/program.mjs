// Starts one of the built programs and waits for lines that it prints.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { dirname, join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

export const repository = join(dirname(fileURLToPath(import.meta.url)), "../../..");

const START_SECONDS = 30;

/**
 * @param {string} name below the folder of built programs, `linkhub` or `examples/sandbox`
 * @param {string[]} words
 * @param {Record<string, string>} [environment]
 */
export function startProgram(name, words, environment = {}) {
  const built = process.env.CARGO_TARGET_DIR ?? join(repository, "target");
  const program = join(built, "debug", name);
  const child = spawn(program, words, {
    cwd: repository,
    env: { ...process.env, ...environment },
    stdio: ["ignore", "pipe", "pipe"],
  });
  /** @type {Record<"stdout" | "stderr", string[]>} */
  const printed = { stdout: [], stderr: [] };
  const ended = new Promise((_, fail) => {
    child.on("error", fail);
    child.on("exit", (code) =>
      fail(new Error(`${name} ended with ${code} and said:\n${printed.stderr.join("\n")}`)),
    );
  });
  // Nobody may be waiting when it ends.
  ended.catch(() => {});
  for (const stream of /** @type {const} */ (["stdout", "stderr"])) {
    createInterface({ input: child[stream] }).on("line", (line) => {
      printed[stream].push(line);
      child.emit("printed");
    });
  }

  return {
    /**
     * The first group of the first line that matches, as soon as there is one.
     * @param {"stdout" | "stderr"} stream
     * @param {RegExp} pattern
     * @returns {Promise<string>}
     */
    async line(stream, pattern) {
      const late = AbortSignal.timeout(START_SECONDS * 1000);
      for (;;) {
        const found = printed[stream].map((line) => pattern.exec(line)).find(Boolean);
        if (found) return found[1];
        try {
          await Promise.race([once(child, "printed", { signal: late }), ended]);
        } catch (error) {
          if (!late.aborted) throw error;
          const said = printed.stderr.join("\n");
          throw new Error(`${name} printed no ${pattern} in ${START_SECONDS} s, but:\n${said}`);
        }
      }
    },
    async stop() {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const gone = once(child, "exit");
      child.kill("SIGTERM");
      const forced = setTimeout(() => child.kill("SIGKILL"), 10_000);
      await gone;
      clearTimeout(forced);
    },
  };
}
