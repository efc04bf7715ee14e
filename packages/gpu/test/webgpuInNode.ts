import { create, globals } from "webgpu";

/** Gives Node a `navigator.gpu`, by the package webgpu. */
export function provideWebgpu(): void {
  Object.assign(globalThis, globals);
  Object.defineProperty(globalThis, "navigator", { value: { gpu: create([]) }, configurable: true });
}
