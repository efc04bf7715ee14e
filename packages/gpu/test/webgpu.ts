/** Gives Node a `navigator.gpu`, by the package webgpu, if that has an adapter; else says why not. */
export async function provideWebgpu(): Promise<string> {
  try {
    const { create, globals } = await import("webgpu");
    const gpu = create([]);
    if ((await gpu.requestAdapter()) === null) return "no adapter: Vulkan's loader or a driver is missing";
    Object.assign(globalThis, globals);
    Object.defineProperty(globalThis, "navigator", { value: { gpu }, configurable: true });
    return "";
  } catch (error) {
    return `the package webgpu does not load: ${error}`;
  }
}
