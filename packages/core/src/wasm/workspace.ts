import type { Tensor } from "../tensor.js";
import { currentEngine, type Engine } from "./engine.js";
import { addressOf } from "./storage.js";

const NO_ROOM = new Error("no room");
let calls = 0;

/** What one kernel has of the engine's memory: its operands, and blocks for intermediate results. */
export interface Workspace {
  readonly engine: Engine;
  /** Its number: no other workspace has it. */
  readonly call: number;
  /** The address of a block of its own. */
  take(bytes: number): number;
  /** Where a tensor's elements are: those of an ordinary array are copied. */
  read(x: Tensor): number;
  /** Where a tensor's elements are to be written: into an ordinary array they are copied at the end. */
  write(y: Tensor): number;
}

/**
 * Runs `body` with a workspace, whose blocks are given back at its end.
 *
 * @returns What `body` returns; undefined where there is no engine, or when its memory is full: then a plain kernel must do.
 */
export function inWorkspace<R>(body: (workspace: Workspace) => R): R | undefined {
  const engine = currentEngine();
  if (engine === undefined) return undefined;
  const blocks: number[] = [];
  const places = new Map<Tensor, number>();
  const copies: (() => void)[] = [];

  const take = (bytes: number): number => {
    const address = engine.heap.take(bytes);
    if (address === undefined) throw NO_ROOM;
    blocks.push(address);
    return address;
  };
  /** The place of a tensor: its own, or that of a copy, which `atFirst` is told of. */
  const place = (x: Tensor, atFirst: (values: Values, copy: () => Values) => void): number => {
    const values = x.storage as Values;
    const own = addressOf(values, engine) ?? places.get(x);
    if (own !== undefined) return own;
    const address = take(4 * x.size);
    places.set(x, address);
    const Typed = x.dtype === "int32" ? Int32Array : Float32Array;
    atFirst(values, () => new Typed(engine.memory.buffer as ArrayBuffer, address, x.size));
    return address;
  };
  const workspace: Workspace = {
    engine,
    call: ++calls,
    take,
    read: (x) => place(x, (values, copy) => copy().set(values)),
    write: (y) => place(y, (values, copy) => copies.push(() => values.set(copy()))),
  };

  try {
    const result = body(workspace);
    for (const copy of copies) copy();
    return result;
  } catch (error) {
    if (error === NO_ROOM) return undefined;
    throw error;
  } finally {
    for (const address of blocks) engine.heap.give(address);
  }
}

type Values = Float32Array | Int32Array;
