import { parseCommandLine } from "./options.js";
import { Screen } from "./screen.js";
import { train } from "./train.js";

/** What shells expect of a process that was interrupted. */
const INTERRUPTED = 130;

process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code === "EPIPE") process.exit(0); // `npm start | head`: nobody reads on
  throw error;
});

const screen = new Screen(process.stdout);
const stop = new AbortController();
process.on("SIGINT", () => {
  if (stop.signal.aborted) {
    screen.stop();
    process.exit(INTERRUPTED); // asked twice: at once
  }
  stop.abort();
});

try {
  const isComplete = await train(parseCommandLine(process.argv.slice(2)), screen, stop.signal);
  process.exitCode = isComplete ? 0 : INTERRUPTED;
} catch (error) {
  screen.stop();
  if (stop.signal.aborted) console.error("Stopped before training began; nothing was written.");
  else console.error(`error: ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = stop.signal.aborted ? INTERRUPTED : 1;
}
