// node worker.js FILE THREADS: a peer's process. One JSON message a line comes in, one answer a line goes out; the first
// line says who is there, { version, threads, … }, or why nobody: { unavailable }.

import { createInterface } from "node:readline";
import { pathToFileURL } from "node:url";
import { createHandler } from "./handler.js";

const [file, threads] = process.argv.slice(2);
const say = (message) => process.stdout.write(`${JSON.stringify(message)}\n`);
console.log = console.error; // what libraries print is no answer
console.info = console.error;

/** Answers line after line, in order; ends with its parent. */
async function serve(handle) {
  for await (const line of createInterface({ input: process.stdin })) say(await handle(JSON.parse(line)));
  process.exit();
}

try {
  const { createPeer } = await import(pathToFileURL(file).href);
  const { handle, layer, training, ...about } = await createPeer({ threads: Number(threads) });
  say(about);
  await serve(handle ?? createHandler({ ...about, layer, training }));
} catch (error) {
  say({ unavailable: error.message.split("\n")[0] });
  process.exit(1);
}
