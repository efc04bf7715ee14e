import { cpu, createRandom, type Device } from "@conv/core";
import { DataLoader, type Dataset, mnist } from "@conv/data";
import { Adam, fromCheckpoint, manualSeed, restore } from "@conv/nn";
import { serveFit } from "@conv/nn/worker";
import { augment, transform } from "../../src/transform.js";
import { blankModel } from "../blank.js";
import { tell } from "./news.js";
import { atBatchSize, settingsIn } from "./resume.js";
import type { DeviceName, Order, Source } from "./settings.js";

serveFit(async (order: Order, { signal }) => {
  const { architecture, source, epochs, batchSize, lr, seed, checkpoint } = order;
  const device = await open(order.device);
  const data = await load(source, signal as AbortSignal);

  manualSeed(seed); // dropout draws too
  const model = blankModel(architecture).to(device); // the page sends the weights
  const optimizer = new Adam(model.parameters(), { lr });
  const random = createRandom(seed).split();
  const loader = new DataLoader(data.train, { batchSize, shuffle: true, random, transform: augment });
  const validate = new DataLoader(data.test, { batchSize: 100, transform });
  const fitting = { model, loader, optimizer, epochs, validate };
  if (checkpoint === undefined) return fitting;

  const before = fromCheckpoint(checkpoint);
  restore({ model, optimizer }, before);
  optimizer.lr = lr;
  return { ...fitting, from: atBatchSize(before.position, settingsIn(checkpoint).batchSize, batchSize, loader.length) };
});

let gpu: { readonly name: DeviceName; readonly device: Device & { destroy(): Promise<void> } } | undefined;

/** The device of that name; what graphics processors need is loaded when one is asked for. */
async function open(name: DeviceName): Promise<Device> {
  if (name === "cpu") {
    const { threads, reason } = await cpu.configure({ threads: navigator.hardwareConcurrency });
    tell({ computer: { device: "cpu", adapter: "", threads, reason } });
    return cpu;
  }
  if (gpu?.name !== name) {
    await gpu?.device.destroy();
    gpu = undefined;
    const { createGpu } = await import("@conv/gpu");
    gpu = { name, device: await createGpu({ mode: name }) };
  }
  const { mode, adapter, reason } = (gpu.device as Awaited<ReturnType<typeof import("@conv/gpu").createGpu>>).info();
  tell({ computer: { device: mode, adapter, threads: 1, reason } });
  return gpu.device;
}

interface Halves {
  readonly train: Dataset;
  readonly test: Dataset;
}

const loaded = new Map<Source, Halves>();

/** The digits to learn from and to be validated on. */
async function load(source: Source, signal: AbortSignal): Promise<Halves> {
  const known = loaded.get(source);
  if (known !== undefined) return known;
  const half = (split: "train" | "test") =>
    mnist(
      source === "digits" ? { source, split } : { source, split, signal, onProgress: (download) => tell({ download }) },
    );
  const halves = { train: await half("train"), test: await half("test") };
  loaded.set(source, halves);
  return halves;
}
