import { evaluate } from "@conv/nn";
import { fitInWorker } from "@conv/nn/worker";
import { createModel, loader } from "./model";
import type { Settings } from "./train.worker";

const worker = new Worker(new URL("./train.worker.ts", import.meta.url), { type: "module" });
let threads = 0;
worker.addEventListener("message", ({ data }) => {
  threads = data.threads ?? threads; // a message of the program's own
});

const model = createModel();
const settings: Settings = { lr: 0.02, epochs: 20 };
let steps = 0;
for await (const { loss } of fitInWorker<Settings>(worker, { settings, model })) {
  document.querySelector("#loss")?.replaceChildren(loss.toFixed(3));
  steps++;
}
const { accuracy } = await evaluate(model, loader); // by the weights that came back
document.body.dataset.result = JSON.stringify({ steps, accuracy, threads });
