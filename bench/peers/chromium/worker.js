// In the browser: answers as worker.js of bench/cpu does, message by message.

import { createHandler } from "../../cpu/handler.js";
import { createPeer } from "../../cpu/ours.js";

let handle;

async function start({ threads }) {
  if (!globalThis.crossOriginIsolated) return { error: "the page is not cross-origin-isolated" };
  const { layer, training, ...about } = await createPeer({ threads });
  handle = createHandler({ layer, training, threads: about.threads });
  return about;
}

let queue = Promise.resolve();
globalThis.onmessage = ({ data }) => {
  const answered = queue.then(() => (data.op === "start" ? start(data) : handle(data)));
  queue = answered.then(
    (answer) => globalThis.postMessage(answer),
    (error) => globalThis.postMessage({ error: String(error) }),
  );
};
