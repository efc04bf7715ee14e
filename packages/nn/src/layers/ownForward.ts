/** What tells whether a layer lets go. */
interface Forwarding {
  readonly forward: unknown;
  /**
   * A layer of this package has its own `forward` here: one that keeps neither what it is given nor what it gives, nor shows it
   * to anybody. A subclass whose forward is another one is not among them.
   */
  readonly ownForward: unknown;
}

/** Whether a layer lets go of what it is given, and of what it gives. */
export function letsGo(layer: Forwarding): boolean {
  return layer.ownForward === layer.forward;
}
