import type { Tensor } from "@conv/core";
import { expectShape, expectTensor } from "@conv/core/operators";
import { asVariable, record, type Variable } from "./variable.js";

/** One value for each named input. */
export type Named<Names extends readonly string[], V> = { readonly [Name in Names[number]]: V };

/** The definition of an operator that works out nothing beforehand: its plan is its options. */
export interface OpDefinition<Names extends readonly string[], Plan> {
  /** How errors call it. */
  readonly name: string;
  /** The names of its differentiable inputs, in the order of its arguments. What has no gradient goes into the options. */
  readonly inputs: Names;
  /** The result: a pure function of the inputs' tensors. */
  readonly forward: (inputs: Named<Names, Tensor>, plan: Plan) => Tensor;
  /** For each input, its gradient from that of the result; written with operators, so that it has a derivative itself. */
  readonly adjoint: {
    readonly [Name in Names[number]]: (gradY: Variable, inputs: Named<Names, Variable>, plan: Plan) => Variable;
  };
}

/** The definition of an operator: everything there is to know about it. */
export interface PlannedOpDefinition<Names extends readonly string[], Options, Plan> extends OpDefinition<Names, Plan> {
  /** Checks shapes and options, and works out every size that the other two need. */
  readonly plan: (inputs: Named<Names, Tensor>, options: Options) => Plan;
}

/** An operator: a function of its inputs, Variables or Tensors, and of options if it has some. */
export type Op<Names extends readonly string[], Options = void> = (
  ...args: [
    ...inputs: { [I in keyof Names]: Variable | Tensor },
    ...options: Options extends void ? [] : [options: Options],
  ]
) => Variable;

/**
 * Defines an operator: the one way to do it, for this package and for its users. An input without an adjoint rule does
 * not compile.
 *
 * @example
 * const square = defineOp({
 *   name: "square",
 *   inputs: ["x"],
 *   forward: ({ x }) => mul(x, x),
 *   adjoint: { x: (gradY, { x }) => times(gradY, times(x, 2)) },
 * });
 */
export function defineOp<const Names extends readonly string[], Options, Plan>(
  definition: PlannedOpDefinition<Names, Options, Plan>,
): Op<Names, Options>;
export function defineOp<const Names extends readonly string[], Options = void>(
  definition: OpDefinition<Names, Options> & { readonly plan?: undefined },
): Op<Names, Options>;
/* @__NO_SIDE_EFFECTS__ */
export function defineOp<const Names extends readonly string[], Options, Plan>(
  definition: OpDefinition<Names, Plan> & Partial<PlannedOpDefinition<Names, Options, Plan>>,
): Op<Names, Options> {
  const { name, inputs: names, forward, adjoint } = definition;
  const named = <V>(values: readonly V[]) =>
    Object.fromEntries(names.map((key, i) => [key, values[i]])) as Named<Names, V>;

  const checked = (key: string, gradient: Variable, input: Variable) => {
    expectShape(name, `the gradient that its adjoint gives for ${key}`, gradient.shape, input.shape);
    return gradient;
  };

  return (...args) => {
    const inputs = names.map((key, i) => {
      expectTensor(name, key, args[i]);
      return asVariable(args[i] as Variable | Tensor);
    });
    const options = args[names.length] as Options;
    const tensors = named(inputs.map((input) => input.value));
    const plan = definition.plan === undefined ? (options as unknown as Plan) : definition.plan(tensors, options);
    return record(name, forward(tensors, plan), inputs, (gradY) => {
      const variables = named(inputs);
      return names.map((key: Names[number], i) =>
        inputs[i].requiresGrad ? checked(key, adjoint[key](gradY, variables, plan), inputs[i]) : undefined,
      );
    });
  };
}
