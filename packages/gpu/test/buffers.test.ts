import { relu, zeros } from "@conv/core";
import { expect, test } from "vitest";
import { createGpu } from "../src/index.js";
import { describeMode, modesInNode } from "./modes.js";

interface Buffer {
  readonly size: number;
}

const STORAGE = 0x80; // GPUBufferUsage

/** Notes WebGPU's buffers of storage that are made and not destroyed. */
function watchBuffers(): Set<Buffer> {
  const { GPUDevice, GPUBuffer } = globalThis as unknown as {
    GPUDevice: { prototype: { createBuffer(descriptor: { size: number; usage: number }): Buffer } };
    GPUBuffer: { prototype: { destroy(): void } };
  };
  const live = new Set<Buffer>();
  const { createBuffer } = GPUDevice.prototype;
  const { destroy } = GPUBuffer.prototype;
  GPUDevice.prototype.createBuffer = function (descriptor) {
    const buffer = createBuffer.call(this, descriptor);
    if ((descriptor.usage & STORAGE) !== 0) live.add(buffer);
    return buffer;
  };
  GPUBuffer.prototype.destroy = function () {
    live.delete(this as unknown as Buffer);
    destroy.call(this);
  };
  return live;
}

for (const tested of (await modesInNode()).filter(({ mode }) => mode === "webgpu")) {
  describeMode("Node", tested, () => {
    test("what info() says of memory is what there is: no kernel keeps a result", async () => {
      const live = watchBuffers();
      const gpu = await createGpu({ mode: "webgpu" });
      const occupied = () => [...live].filter(({ size }) => size > 4000).map(({ size }) => size);
      const x = zeros([1000], { device: gpu });
      const ys = [relu(x), relu(x)];
      const z = relu(ys[1]);
      expect([...(await z.data())]).toEqual(new Array(1000).fill(0));
      expect(occupied()).toEqual([]);
      const large = zeros([2000], { device: gpu });
      const w = relu(large);
      await gpu.finish();
      expect(occupied()).toEqual([8000, 8000]);
      for (const t of [w, large, z, ...ys, x]) t.dispose();
      await gpu.finish();
      expect(occupied()).toEqual([]);
      expect(gpu.info().memory).toEqual({ arrays: 0, bytes: 0 });
      await gpu.destroy();
    });
  });
}
