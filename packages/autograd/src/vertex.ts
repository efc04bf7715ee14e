import type { Tensor } from "@conv/core";
import { formatShape, tidy } from "@conv/core/operators";

/** Looks at a gradient; one that it returns takes its place. */
export type Hook<V> = (gradient: V) => V | undefined;

/**
 * Where a gradient arrives: at a leaf of the graph, or at the result of a step. It knows where the gradient goes on, not
 * the values: those are kept by whoever needs them. `V` is what gradients are.
 */
export interface Vertex<V> {
  /** How errors call the step. */
  readonly operator: string;
  /** 0 for a leaf; else when it was made: what a result was made of has a smaller one. */
  readonly order: number;
  /** The vertices of what this was made of, undefined for what needs no gradient; none once they were let go of. */
  readonly inputs: readonly (Vertex<V> | undefined)[] | undefined;
  /** What the pullback needs: values with a past of their own, and constants. */
  readonly saved: readonly V[];
  readonly constants: readonly Tensor[];
  /** Each may look at the gradient that arrives here, and replace it. None, if there never was one. */
  hooks: Set<Hook<V>> | undefined;
  /**
   * Whether its pullback is one of this package's: it keeps no gradient, and each that it gives is the one that it was
   * given, or is in nobody else's hands. So whoever has them may give them back.
   */
  readonly isOurs?: boolean;
  /** The gradients that go on from here, and where to; those that are not needed may be left out. */
  pullback(gradY: V, isNeeded: (input: Vertex<V>) => boolean): readonly (readonly [Vertex<V>, V])[];
  /** Lets go of what the pullback needs. */
  release(): void;
}

/** The vertex of a leaf: here gradients end. */
export class Leaf<V> implements Vertex<V> {
  readonly operator = "leaf";
  readonly order = 0;
  readonly inputs = [];
  readonly saved = [];
  readonly constants = [];
  hooks: Set<Hook<V>> | undefined;

  constructor(
    /** What the gradient belongs to. */
    readonly owner: V,
  ) {}

  pullback() {
    return [];
  }

  release() {}
}

/** What a step keeps: it notices when the value was changed since. */
export interface Versioned {
  readonly version: number;
  readonly shape: readonly number[];
}

/** What the step of an operator remembers: the values it needs, by name, and how gradients go on. */
export interface Memory<V> {
  readonly saved: Readonly<Record<string, V>>;
  /** The names of those that the gradient of each input needs. */
  readonly uses: readonly (readonly string[])[];
  /** Other tensors that it needs: indices, masks. */
  readonly constants: readonly Tensor[];
  /** Whether the pullback is one of this package's: see `Vertex`. */
  readonly isOurs: boolean;
  /** The gradient of each input that `isNeeded`, from that of the result. */
  readonly pullback: (gradY: V, isNeeded: (index: number) => boolean) => readonly (V | undefined)[];
}

let made = 0;

/** The place in time of something new. */
export function nextOrder(): number {
  return ++made;
}

/** That of the newest. */
export function newestOrder(): number {
  return made;
}

/** The vertex of an operator's result. */
export class Step<V extends Versioned> implements Vertex<V> {
  readonly operator: string;
  readonly order = nextOrder();
  hooks: Set<Hook<V>> | undefined;
  inputs: readonly (Vertex<V> | undefined)[] | undefined;
  #memory: Memory<V> | undefined;
  #letGo: (() => void) | undefined;
  /** The versions of what is saved, by name. */
  #versions = new Map<string, number>();

  constructor(operator: string, inputs: readonly (Vertex<V> | undefined)[]) {
    this.operator = operator;
    this.inputs = inputs;
  }

  get isOurs(): boolean {
    return this.#memory?.isOurs === true;
  }

  /**
   * Sets what the step remembers; the result's own value may be among it, so that it comes after.
   *
   * @param letGo Is called when it is forgotten.
   */
  remember(memory: Memory<V>, letGo: () => void): void {
    this.#memory = memory;
    this.#letGo = letGo;
    for (const [name, { version }] of Object.entries(memory.saved)) this.#versions.set(name, version);
  }

  get saved(): readonly V[] {
    return Object.values(this.#memory?.saved ?? {});
  }

  get constants(): readonly Tensor[] {
    return this.#memory?.constants ?? [];
  }

  pullback(gradY: V, isNeeded: (input: Vertex<V>) => boolean) {
    const { inputs = [] } = this;
    const { saved, uses, isOurs, pullback } = this.#memory as Memory<V>; // the sweep asks no vertex that was freed
    const isAsked = inputs.map((input) => input !== undefined && isNeeded(input));
    for (const name of uses.filter((_, i) => isAsked[i]).flat()) {
      if (saved[name].version !== this.#versions.get(name)) throw changed(this.operator, name, saved[name]);
    }
    const compute = () => pullback(gradY, (i) => isAsked[i]);
    const gradients = isOurs ? tidy(compute) : compute();
    return inputs.flatMap((input, i) => {
      const gradient = gradients[i];
      return input === undefined || gradient === undefined ? [] : [[input, gradient] as const];
    });
  }

  release(): void {
    this.#letGo?.();
    this.#letGo = undefined;
    this.#memory = undefined;
    this.inputs = undefined;
  }
}

/** The error of a value that is not what it was when a step used it, or, called y, made it. */
export function changed(operator: string, name: string, { shape }: Versioned): Error {
  return new Error(
    `${operator}: ${name}, of shape ${formatShape(shape)}, was assigned a new value after ${operator} ` +
      `${name === "y" ? "made" : "used"} it, so that the gradient would be wrong. Call backward before changing it, or ` +
      `compute the result again.`,
  );
}
