import { lecture } from "./lecture.js";
import { parseCommandLine } from "./options.js";
import { Progress } from "./progress.js";

/** What shells expect of a process that was interrupted. */
const INTERRUPTED = 130;

process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code === "EPIPE") process.exit(0); // `npm run lecture | head`: nobody reads on
  throw error;
});

const progress = new Progress(process.stdout);
process.on("SIGINT", () => {
  progress.stop(); // gives the cursor back
  process.exit(INTERRUPTED);
});

try {
  await lecture(parseCommandLine(process.argv.slice(2)), progress);
} catch (error) {
  progress.stop();
  console.error(`error: ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 1;
}
