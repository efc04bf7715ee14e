import { readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import { cast, relu, Variable, variable } from "@conv/autograd";
import { Tensor, tensor } from "@conv/core";
import {
  BatchNorm2d,
  Conv2d,
  Flatten,
  fromSafetensors,
  Linear,
  MaxPool2d,
  Module,
  type StateDict,
} from "../src/index.js";

/** The network of fixtures/make_lenet.py, field by field. */
export class LeNet extends Module {
  readonly conv1 = new Conv2d(1, 6, 5, { padding: 2 });
  readonly bn1 = new BatchNorm2d(6);
  readonly conv2 = new Conv2d(6, 16, 5);
  readonly bn2 = new BatchNorm2d(16);
  readonly fc1 = new Linear(64, 32);
  readonly fc2 = new Linear(32, 10);
  readonly pool = new MaxPool2d(2);
  readonly flatten = new Flatten();

  forward(x: Variable | Tensor): Variable {
    const y = this.pool.forward(relu(this.bn1.forward(this.conv1.forward(x))));
    const z = this.pool.forward(relu(this.bn2.forward(this.conv2.forward(y))));
    return this.fc2.forward(relu(this.fc1.forward(this.flatten.forward(z))));
  }
}

/** The model with all its floating-point tensors in float64. */
export function inFloat64<M extends Module>(model: M): M {
  return model.apply((module) => {
    for (const [name, x] of Object.entries(module)) {
      const isBuffer = x instanceof Tensor && x.dtype === "float32";
      const wide = isBuffer ? tensor(x.dataSync(), x.shape, { dtype: "float64" }) : x;
      Object.assign(module, { [name]: x instanceof Variable ? variable(cast(x, "float64").value) : wide });
    }
  });
}

const FIXTURES = new URL("../../../fixtures/", import.meta.url);
const DIGITS = new URL("../../data/assets/digits/", import.meta.url);

/** The bytes of a safetensors file of the fixtures. */
export const fixture = (name: string): Uint8Array => readFileSync(new URL(`${name}.safetensors`, FIXTURES));

/** The tensors of a file whose names begin so, without that. */
export function part(file: string, prefix: string): StateDict {
  const entries = Object.entries(fromSafetensors(fixture(file))).filter(([name]) => name.startsWith(prefix));
  return Object.fromEntries(entries.map(([name, x]) => [name.slice(prefix.length), x]));
}

const files = new Map<string, Uint8Array>();

/** What follows an IDX file's header. */
function read(name: string, header: number): Uint8Array {
  const bytes = files.get(name) ?? gunzipSync(readFileSync(new URL(`${name}-ubyte.gz`, DIGITS)));
  files.set(name, bytes);
  return bytes.subarray(header);
}

/** Some of the digits' images, as make_lenet.py has them: every pixel twice in both directions, divided by 256. */
export function digits(split: "train" | "test", start: number, end: number, dtype: "float32" | "float64") {
  const pixels = read(`${split}-images-idx3`, 16).subarray(64 * start, 64 * end);
  const labels = read(`${split}-labels-idx1`, 8).subarray(start, end);
  const doubled = Float64Array.from({ length: 4 * pixels.length }, (_, i) => {
    const [n, h, w] = [i >> 8, (i >> 4) & 15, i & 15];
    return pixels[64 * n + 8 * (h >> 1) + (w >> 1)] / 256;
  });
  return { x: tensor(doubled, [end - start, 1, 16, 16], { dtype }), labels: tensor(Int32Array.from(labels)) };
}
