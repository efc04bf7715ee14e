/**
 * An optional package of Node, or undefined where it is not installed, or where this is no Node. Its name is a value, so that no
 * bundler looks for it: builds without it succeed, and builds with it leave it outside, where its native part is.
 *
 * @throws What the package throws if it is installed and does not load: a system can be too old for it.
 */
export async function load(name: string): Promise<unknown> {
  const { process } = globalThis as { readonly process?: { readonly versions?: { readonly node?: string } } };
  if (process?.versions?.node === undefined) return undefined;
  try {
    return await import(/* @vite-ignore */ /* webpackIgnore: true */ name);
  } catch (error) {
    // Node's sentence, and Vite's, which knows optional peers and puts this in their place.
    const absent = new RegExp(`^(Cannot find (package|module)|Could not resolve) ["']${name}["']`);
    if (error instanceof Error && absent.test(error.message)) return undefined;
    throw error;
  }
}
