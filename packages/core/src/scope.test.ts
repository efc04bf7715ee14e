import { counting, givingBack } from "@tooling/devices";
import { describe, expect, test } from "vitest";
import { list } from "../test/samples.js";
import { ones, tensor, zeros } from "./create.js";
import { cpu } from "./device/cpu.js";
import { add, mul } from "./maps/arithmetic.js";
import { reshape } from "./maps/reshape.js";
import { createRandom } from "./random.js";
import { currentScope, held, isTemporary, moveTo, noteMade, type Scope, tidy, withScope } from "./scope.js";
import { type Device, Tensor } from "./tensor.js";

givingBack(cpu);

/** Whether a tensor has no elements any more. */
function isGone(x: Tensor): boolean {
  try {
    x.dataSync();
    return false;
  } catch (error) {
    if (!String(error).includes("was disposed of")) throw error;
    return true;
  }
}

/** Something that is not a tensor, and counts how often it was disposed of. */
function disposable() {
  const x = { disposed: 0, dispose: () => void x.disposed++ };
  return x;
}

/** What results name: nothing, or themselves. */
const nothing = () => [];
const only = (x: Tensor) => [x];

describe("withScope", () => {
  test("by hand: of three tensors that are made inside, the one that is named lives on", () => {
    const made: Tensor[] = [];
    const y = withScope(() => {
      made.push(tensor([1, 2]), tensor([10, 20]));
      return add(made[0], made[1]);
    }, only);
    expect(list(y)).toEqual([11, 22]);
    expect(() => made[0].dataSync()).toThrowErrorMatchingInlineSnapshot(
      `[BackendError: tensor: [2] was disposed of and has no elements any more. Use it before dispose().]`,
    );
    expect(isGone(made[1])).toBe(true);
  });

  test("returns what fn returns, whatever is named", () => {
    const result = { a: 1 };
    expect(withScope(() => result, nothing)).toBe(result);
    expect(withScope(() => undefined, nothing)).toBeUndefined();
  });

  test("asks for what is named with the result of fn, once, before anything is disposed of", () => {
    const x = withScope(
      () => tensor([1, 2]),
      (result) => {
        expect(isGone(result)).toBe(false);
        return [result, result];
      },
    );
    expect(list(x)).toEqual([1, 2]);
  });

  test("leaves alone what was made before and after, named or not", () => {
    const before = tensor([1]);
    withScope(() => mul(before, 2), nothing);
    withScope(() => before, only);
    const after = tensor([2]);
    expect([list(before), list(after)]).toEqual([[1], [2]]);
  });

  const x = tensor([1, 2, 3, 4]);
  test.each<[string, (device: Device) => Tensor]>([
    ["tensor", (device) => tensor([1], [1], { device })],
    ["zeros", (device) => zeros([2], { device })],
    ["ones", (device) => ones([2], { device })],
    ["an operator's result", () => add(x, 1)],
    ["a view", () => reshape(x, [2, 2])],
    ["to, which copies", (device) => x.to(device)],
    ["random numbers", (device) => createRandom(0).normal([2], { device })],
    ["a permutation", () => createRandom(0).permutation(3)],
    ["new Tensor, as devices write it", () => new Tensor(cpu, [1], "float32", new Float32Array(1))],
  ])("takes note of tensors however they are made, in the host's memory or not: %s", (_, make) => {
    for (const isHost of [true, false]) {
      let made = x;
      withScope(() => {
        made = make({ ...cpu, name: "other", isHost });
      }, nothing);
      expect(isGone(made)).toBe(true);
      expect(isGone(x)).toBe(false);
    }
  });

  test("leaves alone what the garbage collector takes: tensors of a device that gives nothing back", () => {
    const device: Device = { ...cpu, name: "other", release: undefined };
    const made: Tensor[] = [];
    withScope(() => {
      made.push(ones([2], { device }), add(ones([2], { device }), 1), tensor([1]));
      expect(currentScope()?.made).toEqual(new Set([made[2]]));
    }, nothing);
    expect(made.map(isGone)).toEqual([false, false, true]);
    made[0].dispose();
    expect(isGone(made[0])).toBe(true);
  });

  test("gives every storage back, once, and keeps those of tensors that live on", () => {
    const { device, live } = counting(cpu);
    const x = ones([4]).to(device);
    const y = withScope(() => {
      const a = mul(x, x);
      a.dispose(); // by hand, which the end of the scope must not do again
      return add(mul(x, 2), x);
    }, only);
    expect(live).toEqual(new Set([x.storage, y.storage]));
    expect(list(y)).toEqual([3, 3, 3, 3]);
  });

  test("1000 scopes leave nothing behind", () => {
    const { device, live } = counting(cpu);
    const x = ones([4]).to(device);
    for (let i = 0; i < 1000; i++) withScope(() => add(mul(x, x), x), nothing);
    expect(live).toEqual(new Set([x.storage]));
  });

  test("when it has ended it holds no tensor any more, so that who remembers the scope keeps none alive", () => {
    let scope: Scope | undefined;
    withScope(() => {
      scope = currentScope();
      zeros([3]);
    }, nothing);
    expect(scope?.made.size).toBe(0);
  });
});

describe("views", () => {
  test("one that lives on keeps the storage, which it shares with a tensor that does not", () => {
    const { device, live } = counting(cpu);
    let base: Tensor | undefined;
    const view = withScope(() => {
      base = zeros([4], { device });
      return reshape(base, [2, 2]);
    }, only);
    expect(base && isGone(base)).toBe(true);
    expect(list(view)).toEqual([0, 0, 0, 0]);
    expect(live).toEqual(new Set([view.storage]));
    view.dispose();
    expect(live.size).toBe(0);
  });

  test("one that does not live on leaves the storage to the tensor that does", () => {
    const { device, live } = counting(cpu);
    let view: Tensor | undefined;
    const base = withScope(() => {
      const x = zeros([4], { device });
      view = reshape(x, [2, 2]);
      return x;
    }, only);
    expect(view && isGone(view)).toBe(true);
    expect(list(base)).toEqual([0, 0, 0, 0]);
    expect(live.size).toBe(1);
  });

  test("one of an older tensor goes, and the tensor stays", () => {
    const x = tensor([1, 2]);
    const view = withScope(() => reshape(x, [2, 1]), nothing);
    expect([isGone(view), isGone(x)]).toEqual([true, false]);
  });
});

describe("scopes in scopes", () => {
  test("by hand: what an inner one names passes to the outer one, which ends it unless it names it too", () => {
    const made: Tensor[] = [];
    const y = withScope(() => {
      const [a, b] = withScope(
        () => {
          made.push(tensor([1]), tensor([2]), tensor([3]));
          return made.slice(0, 2);
        },
        (kept) => kept,
      );
      expect(made.map(isGone)).toEqual([false, false, true]);
      expect(list(add(a, b))).toEqual([3]);
      return a;
    }, only);
    expect(y).toBe(made[0]);
    expect(made.map(isGone)).toEqual([false, true, true]);
  });

  test("an inner one leaves alone what an outer one made, and what the outer makes after it is the outer's", () => {
    const made: Tensor[] = [];
    withScope(() => {
      made.push(tensor([1]));
      withScope(() => add(made[0], 1), nothing);
      made.push(tensor([2]));
      expect(made.map(isGone)).toEqual([false, false]);
    }, nothing);
    expect(made.map(isGone)).toEqual([true, true]);
  });

  test("the current scope is the innermost that is open, and knows the one around it", () => {
    expect(currentScope()).toBeUndefined();
    withScope(() => {
      const outer = currentScope();
      expect(outer?.outer).toBeUndefined();
      withScope(
        () => expect(currentScope()?.outer).toBe(outer),
        () => {
          expect(currentScope()?.outer).toBe(outer); // still open while it asks what is named
          return [];
        },
      );
      expect(currentScope()).toBe(outer);
    }, nothing);
    expect(currentScope()).toBeUndefined();
  });
});

describe("when fn throws", () => {
  const broken = (make: () => void) => () => {
    make();
    throw new Error("inside");
  };

  test("everything is disposed of, and the scope has ended", () => {
    const { device, live } = counting(cpu);
    let x: Tensor | undefined;
    const run = broken(() => {
      x = zeros([3], { device });
    });
    expect(() => withScope(run, nothing)).toThrow("inside");
    expect(x && isGone(x)).toBe(true);
    expect(live.size).toBe(0);
    expect(currentScope()).toBeUndefined();
    expect(list(zeros([1]))).toEqual([0]);
  });

  test("inside another scope, that one goes on", () => {
    const made: Tensor[] = [];
    const y = withScope(() => {
      made.push(tensor([1]));
      const outer = currentScope();
      const run = broken(() => made.push(tensor([2])));
      expect(() => withScope(run, nothing)).toThrow("inside");
      expect(currentScope()).toBe(outer);
      expect(made.map(isGone)).toEqual([false, true]);
      return made[0];
    }, only);
    expect(list(y)).toEqual([1]);
  });

  test("or what names the result does, it is the same", () => {
    let x: Tensor | undefined;
    const run = () => {
      x = zeros([3]);
    };
    const named = () => {
      throw new Error("names");
    };
    expect(() => withScope(run, named)).toThrow("names");
    expect([x && isGone(x), currentScope()]).toEqual([true, undefined]);
  });
});

describe("moveTo", () => {
  test("with no scope lets tensors live for ever, whichever open scope made them", () => {
    const made: Tensor[] = [];
    withScope(() => {
      made.push(tensor([1]), tensor([2]));
      withScope(() => {
        made.push(tensor([3]), tensor([4]));
        moveTo(undefined, [made[0], made[2]]);
      }, nothing);
    }, nothing);
    expect(made.map(isGone)).toEqual([false, true, false, true]);
  });

  test("with an outer scope lets those of inner ones live until it ends", () => {
    const made: Tensor[] = [];
    withScope(() => {
      const home = currentScope();
      withScope(() => {
        withScope(() => {
          made.push(tensor([1]), tensor([2]));
          moveTo(home, [made[0]]);
        }, nothing);
        expect(made.map(isGone)).toEqual([false, true]);
      }, nothing);
      expect(made.map(isGone)).toEqual([false, true]);
    }, nothing);
    expect(made.map(isGone)).toEqual([true, true]);
  });

  test("never shortens a life: what an outer scope made stays there", () => {
    const x = withScope(() => {
      const outer = tensor([1]);
      withScope(() => moveTo(currentScope(), [outer]), nothing);
      return outer;
    }, only);
    expect(list(x)).toEqual([1]);
  });

  test("moves between the scopes named only, not into those further out", () => {
    const made: Tensor[] = [];
    withScope(() => {
      withScope(() => {
        const middle = currentScope();
        withScope(() => {
          made.push(tensor([1]));
          moveTo(middle, made);
        }, nothing);
      }, nothing);
      expect(made.map(isGone)).toEqual([true]);
    }, nothing);
  });

  test("does nothing to what was made outside, and outside of scopes", () => {
    const x = tensor([1]);
    moveTo(undefined, [x]);
    withScope(() => moveTo(undefined, [x]), nothing);
    expect(list(x)).toEqual([1]);
  });

  test("with a scope that has ended lets them live as long as the one around it, to which all of it has passed", () => {
    const made: Tensor[] = [];
    withScope(() => {
      let ended: Scope | undefined;
      withScope(() => {
        ended = currentScope();
      }, nothing);
      made.push(tensor([1]));
      moveTo(ended, made);
      expect(made.map(isGone)).toEqual([false]);
    }, nothing);
    expect(made.map(isGone)).toEqual([true]);
  });
});

describe("noteMade", () => {
  test("takes whatever can be disposed of, and has it done once", () => {
    const [a, b] = [disposable(), disposable()];
    withScope(
      () => {
        for (const x of [a, b, a]) noteMade(x);
        expect(currentScope()?.made).toEqual(new Set([a, b]));
      },
      () => [b],
    );
    expect([a.disposed, b.disposed]).toEqual([1, 0]);
  });

  test("outside of scopes does nothing", () => {
    const x = disposable();
    noteMade(x);
    withScope(nothing, nothing);
    expect(x.disposed).toBe(0);
  });
});

describe("tidy", () => {
  test("by hand: of an operator that is made of others, the result lives on and the rest does not", () => {
    const made: Tensor[] = [];
    const x = tensor([1, 2]);
    const y = tidy(() => {
      made.push(mul(x, x));
      return add(made[0], x);
    });
    expect([list(y), list(x), made.map(isGone)]).toEqual([[2, 6], [1, 2], [true]]);
  });

  test("finds tensors in arrays, in records, and in what holds one; not deeper", () => {
    const made: Tensor[] = [];
    const of = (): Tensor => {
      made.push(tensor([1]));
      return made[made.length - 1];
    };
    tidy(() => [of(), of()]);
    tidy(() => ({ y: of(), n: 1, nothing: null }));
    tidy(() => ({ [held]: of() }));
    tidy(() => [{ [held]: of() }, undefined]);
    expect(made.map(isGone)).toEqual(made.map(() => false));
    tidy(() => [[of()]]);
    expect(isGone(made[made.length - 1])).toBe(true);
  });

  test("is no scope: its result, and what is moved to one, live as long as the scope around", () => {
    const made: Tensor[] = [];
    withScope(() => {
      const scope = currentScope();
      made.push(
        tidy(() => {
          expect(currentScope()).toBe(scope);
          const [inner, kept, result] = [tensor([1]), tensor([2]), tensor([3])];
          expect([inner, kept].map(isTemporary)).toEqual([true, true]);
          moveTo(scope, [kept]);
          expect(isTemporary(kept)).toBe(false);
          made.push(inner, kept);
          return tidy(() => result);
        }),
      );
      expect(made.map(isGone)).toEqual([true, false, false]);
    }, nothing);
    expect(made.map(isGone)).toEqual([true, true, true]);
    expect(isTemporary(tensor([1]))).toBe(false);
  });

  test("when it throws, all of it is gone", () => {
    let x: Tensor | undefined;
    const broken = () => {
      x = tensor([1]);
      throw new Error("inside");
    };
    expect(() => tidy(broken)).toThrow("inside");
    expect(x && isGone(x)).toBe(true);
  });
});

test("a scope forgets what was disposed of by hand, so that a long one does not grow", () => {
  withScope(() => {
    for (let i = 0; i < 10; i++) tidy(() => add(tensor([1]), 1)).dispose();
    expect(currentScope()?.made.size).toBe(0);
  }, nothing);
});
