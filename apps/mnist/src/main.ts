import { parseCommandLine } from "./options.js";
import { Screen } from "./screen.js";
import { train } from "./train.js";

/** What shells expect of a process that was interrupted. */
const INTERRUPTED = 130;

const stop = new AbortController();
process.on("SIGINT", () => {
  if (stop.signal.aborted) process.exit(INTERRUPTED); // asked twice: at once
  stop.abort();
});

const screen = new Screen(process.stdout);
try {
  const isComplete = await train(parseCommandLine(process.argv.slice(2)), screen, stop.signal);
  process.exitCode = isComplete ? 0 : INTERRUPTED;
} catch (error) {
  screen.stop();
  console.error(`error: ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 1;
}
