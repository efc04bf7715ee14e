import { Tensor } from "@conv/core";
import {
  checkOptions,
  currentScope,
  expectDType,
  expectShape,
  formatValue,
  isTemporary,
  moveTo,
  type TensorLike,
} from "@conv/core/operators";
import { inputOf, ownOf, peek, record, Variable } from "./variable.js";
import type { Memory } from "./vertex.js";
import { noteUse } from "./watch.js";

/** One value for each named input. */
export type Named<Names extends readonly string[], V> = { readonly [Name in Names[number]]: V };

/** What adjoint rules may use: inputs by name, and the result as `"y"`. */
type Key<Names extends readonly string[]> = Names[number] | "y";

/** Which values the adjoint rules use: all of them the same ones, or those that are named for each. */
export type Saves<Names extends readonly string[]> =
  | readonly Key<Names>[]
  | { readonly [Name in Names[number]]: readonly Key<Names>[] };

/** The names of the values that the rule for one input uses. */
type SavedFor<S, Name> = S extends readonly (infer K)[] ? K : Name extends keyof S ? SavedFor<S[Name], Name> : never;

/** What an adjoint rule knows: the saved Variables; of other inputs their shape, dtype and device. */
export type Known<Names extends readonly string[], Saved> = {
  readonly [Name in Names[number]]: Name extends Saved ? Variable : TensorLike;
} & { readonly [Y in Extract<Saved, "y">]: Variable };

/** For each input, its gradient from that of the result; written with operators, so that it has a derivative itself. */
export type AdjointRules<Names extends readonly string[], S, Plan> = {
  readonly [Name in Names[number]]: (gradY: Variable, known: Known<Names, SavedFor<S, Name>>, plan: Plan) => Variable;
};

/** The definition of an operator that works out nothing beforehand: its plan is its options. */
export interface OpDefinition<Names extends readonly string[], S extends Saves<Names>, Plan> {
  /** How errors call it. */
  readonly name: string;
  /** The names of its differentiable inputs, in the order of its arguments. What has no gradient goes into the options. */
  readonly inputs: Names;
  /**
   * The names of the values that the adjoint rules use: inputs, and `"y"` for the result, unless an input is called so.
   * One list for all rules, or one for each input. They are kept in memory if that input needs a gradient; of others a
   * rule sees shape, dtype and device. Default: all inputs.
   */
  readonly saves?: S;
  /** The result: a pure function of the inputs' tensors. */
  readonly forward: (inputs: Named<Names, Tensor>, plan: Plan) => Tensor;
  /** For each input, its gradient from that of the result; written with operators, so that it has a derivative itself. */
  readonly adjoint: AdjointRules<Names, S, Plan>;
}

/** The definition of an operator: everything there is to know about it. */
export interface PlannedOpDefinition<Names extends readonly string[], S extends Saves<Names>, Options, Plan>
  extends OpDefinition<Names, S, Plan> {
  /**
   * Checks shapes and options, and works out every size that the other two need. Tensors among them, as indices and masks,
   * are kept for the way back: the plan is one, or has them as fields.
   */
  readonly plan: (inputs: Named<Names, Tensor>, options: Options) => Plan;
}

/** An operator: a function of its inputs, Variables or Tensors, and of options if it has some. */
export type Op<Names extends readonly string[], Options = void> = (
  ...args: [
    ...inputs: { [I in keyof Names]: Variable | Tensor },
    // biome-ignore lint/suspicious/noConfusingVoidType: void says that there are none
    ...options: [Options] extends [void] ? [] : undefined extends Options ? [options?: Options] : [options: Options],
  ]
) => Variable;

/**
 * Defines an operator: the one way to do it, for this package and for its users. An input without an adjoint rule does
 * not compile; nor does a rule that uses what is not saved.
 *
 * @throws {TypeError} When the definition lacks a part.
 * @throws {ShapeError} From the sweep, when a rule gives a gradient of another shape than its input.
 * @example
 * const square = defineOp({
 *   name: "square",
 *   inputs: ["x"],
 *   forward: ({ x }) => mul(x, x).value,
 *   adjoint: { x: (gradY, { x }) => mul(gradY, mul(x, 2)) },
 * });
 * square(tensor([1, 2, 3])); // [1, 4, 9]
 */
export function defineOp<
  const Names extends readonly string[],
  Options = void,
  Plan = unknown,
  const S extends Saves<Names> = Names,
>(definition: PlannedOpDefinition<Names, S, Options, Plan>): Op<Names, Options>;
export function defineOp<const Names extends readonly string[], Options = void, const S extends Saves<Names> = Names>(
  definition: OpDefinition<Names, S, Options> & { readonly plan?: undefined },
): Op<Names, Options>;
/* @__NO_SIDE_EFFECTS__ */
export function defineOp<const Names extends readonly string[], Options, Plan, const S extends Saves<Names>>(
  definition: OpDefinition<Names, S, Plan> & Partial<PlannedOpDefinition<Names, S, Options, Plan>>,
): Op<Names, Options> {
  return operatorOf(definition, false);
}

/**
 * `defineOp` for the operators of this package, whose functions keep none of the tensors that they are given or make, nor
 * show them to anybody: what a rule makes on its way, and gradients that have gone on, are given back at once. Others may
 * keep what they like.
 */
/* @__NO_SIDE_EFFECTS__ */
export const defineOwnOp = ((definition: Parameters<typeof operatorOf>[0]) =>
  operatorOf(definition, true)) as typeof defineOp;

function operatorOf<const Names extends readonly string[], Options, Plan, const S extends Saves<Names>>(
  definition: OpDefinition<Names, S, Plan> & Partial<PlannedOpDefinition<Names, S, Options, Plan>>,
  isOurs: boolean,
): Op<Names, Options> {
  checkDefinition(definition);
  const { name, inputs: names, saves = names, forward, adjoint } = definition;
  const named = <V>(values: readonly V[]) =>
    Object.fromEntries(names.map((key, i) => [key, values[i]])) as Named<Names, V>;

  // Called by the step: what stays in memory is what it returns, nothing else of a call.
  const uses = names.map((key) => savedFor(saves, key));
  const remember = (inputs: readonly Variable[], given: Plan, y: Variable): Memory<Variable> => {
    const plan = isOurs ? withHandles(given) : given;
    const all: Readonly<Record<string, Variable>> = { y, ...named(inputs) };
    const asked = uses.filter((_, i) => inputs[i].requiresGrad).flat();
    const saved = Object.fromEntries(asked.map((key) => [key, all[key]]));
    const shapes = named(inputs.map(({ shape, dtype, device }) => ({ shape, dtype, device })));
    return {
      saved,
      uses,
      constants: partsOf(plan).filter((part) => part instanceof Tensor),
      isOurs,
      pullback: pullback({ ...shapes, ...saved }, plan),
    };
  };

  const pullback =
    (known: object, plan: Plan): Memory<Variable>["pullback"] =>
    (gradY, isNeeded) => {
      const given = new Set<Tensor>();
      return names.map((key: Names[number], i) => {
        if (!isNeeded(i)) return undefined;
        const own = known as Known<Names, SavedFor<S, Names[number]>>;
        const gradient = adjoint[key](gradY, own, plan);
        const what = `the gradient that its adjoint gives for ${key}`;
        if (!(gradient instanceof Variable)) {
          throw new TypeError(
            `${name}: ${what} must be a Variable, got ${formatValue(gradient)}. Write it with operators.`,
          );
        }
        expectShape(name, what, gradient.shape, own[key].shape);
        expectDType(name, what, gradient.dtype, own[key].dtype);
        if (!isOurs || gradient === gradY || gradient.device.release === undefined) return gradient;
        const value = peek(gradient);
        const isNew = isTemporary(value) && !given.has(value);
        given.add(value);
        return isNew ? gradient : ownOf(gradient);
      });
    };

  return (...args) => {
    const inputs = names.map((key, i) => inputOf(name, key, args[i] as Variable | Tensor));
    const options = args[names.length] as Options;
    const tensors = named(inputs.map((input) => (isOurs ? peek(input) : input.value)));
    const plan = definition.plan === undefined ? (options as unknown as Plan) : definition.plan(tensors, options);
    for (const part of partsOf(plan)) {
      if (part instanceof Tensor) noteUse(part);
      if (part instanceof Variable) {
        throw new TypeError(
          `${name}: its options hold a Variable, whose gradient would be lost. Name it in inputs, or pass its value.`,
        );
      }
    }
    const value = forward(tensors, plan);
    if (!(value instanceof Tensor)) {
      const got = (value as unknown) instanceof Variable ? "a Variable" : formatValue(value);
      throw new TypeError(
        `${name}: forward must return a Tensor, got ${got}. Compute with @conv/core, or return its value.`,
      );
    }
    return record(name, value, inputs, (y) => remember(inputs, plan, y));
  };
}

/** A plan whose tensors have handles of their own: they end with the step, whatever happens to the others. */
function withHandles<Plan>(plan: Plan): Plan {
  const handle = (x: Tensor): Tensor => {
    const view = Tensor.view(x, x.shape);
    moveTo(currentScope(), [view]);
    return view;
  };
  if (plan instanceof Tensor) return handle(plan) as Plan;
  if (!partsOf(plan).some((part) => part instanceof Tensor)) return plan;
  const parts = Object.entries(Object(plan)).map(([key, part]) => [key, part instanceof Tensor ? handle(part) : part]);
  return Object.fromEntries(parts);
}

/** A plan, and what it is made of. */
function partsOf(plan: unknown): readonly unknown[] {
  return typeof plan === "object" && plan !== null ? [plan, ...Object.values(plan)] : [];
}

/** The names of the values that the rule for one input uses. */
function savedFor(saves: Saves<readonly string[]>, input: string): readonly string[] {
  return Array.isArray(saves) ? saves : (saves as Readonly<Record<string, readonly string[]>>)[input];
}

/** What the compiler checks, for those who write JavaScript. */
function checkDefinition(definition: {
  readonly name: unknown;
  readonly inputs: readonly string[];
  readonly saves?: Saves<readonly string[]> | undefined;
  readonly plan?: unknown;
  readonly forward: unknown;
  readonly adjoint: Readonly<Record<string, unknown>>;
}): void {
  checkOptions("defineOp", definition, ["name", "inputs", "saves", "plan", "forward", "adjoint"]);
  const { name, inputs, saves, plan, forward, adjoint } = definition;
  const refuse = (problem: string): never => {
    throw new TypeError(`defineOp: ${typeof name === "string" ? name : "an operator"} ${problem}`);
  };
  if (typeof name !== "string") refuse(`must have a name, which errors call it by, got ${formatValue(name)}.`);
  if (!Array.isArray(inputs)) refuse(`must have inputs, an array of their names, got ${formatValue(inputs)}.`);
  if (new Set(inputs).size < inputs.length) refuse(`has two inputs of one name: ${inputs.join(", ")}. Rename one.`);
  if (plan !== undefined && typeof plan !== "function")
    refuse(`has a plan that is no function, but ${formatValue(plan)}.`);
  if (typeof forward !== "function") refuse(`must have forward, a function of tensors, got ${formatValue(forward)}.`);
  for (const key of inputs) {
    const rule = adjoint?.[key];
    if (typeof rule !== "function") refuse(`must have an adjoint rule for ${key}, got ${formatValue(rule)}.`);
    const list = saves === undefined ? [] : saves && savedFor(saves, key);
    if (!Array.isArray(list)) refuse(`must say in saves what the rule for ${key} uses: a list of inputs, or "y".`);
    const stranger = list?.find((saved) => saved !== "y" && !inputs.includes(saved));
    if (stranger !== undefined) refuse(`cannot save ${formatValue(stranger)}. Name inputs, or "y" for the result.`);
  }
}
