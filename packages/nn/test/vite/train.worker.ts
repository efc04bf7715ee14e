import { cpu } from "@conv/core";
import { Adam } from "@conv/nn";
import { serveFit } from "@conv/nn/worker";
import { createModel, loader } from "./model";

export interface Settings {
  readonly lr: number;
  readonly epochs: number;
}

serveFit(async ({ lr, epochs }: Settings) => {
  const { threads } = await cpu.configure({ threads: 2 });
  postMessage({ threads });
  const model = createModel();
  return { model, loader, epochs, optimizer: new Adam(model.parameters(), { lr }) };
});
