/**
 * Under this name a layer of this package has its own `forward`: one that keeps neither what it is given nor what it gives,
 * nor shows it to anybody. A subclass whose forward is another one is not among them.
 */
export const ownForward: unique symbol = Symbol("forward of this package");

/** Whether a layer lets go of what it is given, and of what it gives. */
export function letsGo(layer: { readonly forward: unknown; readonly [ownForward]: unknown }): boolean {
  return layer[ownForward] === layer.forward;
}
