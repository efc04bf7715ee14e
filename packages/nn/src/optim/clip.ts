import type { Variable } from "@conv/autograd";
import {
  abs,
  add,
  BackendError,
  cast,
  clamp,
  type DType,
  div,
  max,
  maximum,
  mul,
  pow,
  reshape,
  sqrt,
  sum,
  type Tensor,
  tensor,
} from "@conv/core";
import { checkBoolean, checkNumber, checkOptions, formatValue, tidy } from "@conv/core/operators";
import { atLeastZero } from "../options.js";

/** The options of `gradNorm`. */
export interface GradNormOptions {
  /** p of the norm (Σ|g|ᵖ)^(1/p), above 0; Infinity: the largest |g|. Default 2. */
  readonly normType?: number;
}

/** The options of `clipGradNorm`. */
export interface ClipGradNormOptions extends GradNormOptions {
  /** Throw when the norm is NaN or infinite; only on a device that can answer at once. Default false. */
  readonly errorIfNonfinite?: boolean;
}

/**
 * The norm of all gradients as one vector. Nothing is read back from the device.
 *
 * @param parameters Those without a gradient do not count.
 * @returns A scalar; 0 when there are no gradients.
 */
export function gradNorm(parameters: readonly Variable[], options: GradNormOptions = {}): Tensor {
  checkOptions("gradNorm", options, ["normType"]);
  return totalNorm("gradNorm", parameters, options);
}

/**
 * Scales all gradients together so that their norm is at most `maxNorm`: g ← g · min(1, maxNorm / (norm + 10⁻⁶)).
 *
 * A norm that is NaN makes all gradients NaN; an infinite one makes finite gradients 0 and the infinite ones NaN.
 *
 * @returns The norm before, a scalar on the device.
 * @throws {RangeError} When `errorIfNonfinite` and the norm is not finite; the gradients are as they were.
 * @throws {BackendError} When `errorIfNonfinite` and the gradients are on a device that cannot answer at once, a GPU.
 * @see Pascanu, Mikolov and Bengio, "On the difficulty of training recurrent neural networks" (arXiv:1211.5063); PyTorch's
 *   `clip_grad_norm_`.
 * @example
 * const p = variable(tensor([0, 0]));
 * p.grad = variable(tensor([3, 4]), { requiresGrad: false });
 * clipGradNorm([p], 1); // 5
 * p.grad; // [0.6, 0.8]
 */
export function clipGradNorm(
  parameters: readonly Variable[],
  maxNorm: number,
  options: ClipGradNormOptions = {},
): Tensor {
  checkOptions("clipGradNorm", options, ["normType", "errorIfNonfinite"]);
  const { errorIfNonfinite = false } = options;
  checkBoolean("clipGradNorm", "errorIfNonfinite", errorIfNonfinite);
  if (!(checkNumber("clipGradNorm", "maxNorm", maxNorm) >= 0)) {
    throw new RangeError(`clipGradNorm: maxNorm must be at least 0, got ${maxNorm}.`);
  }
  const norm = totalNorm("clipGradNorm", parameters, options);
  if (errorIfNonfinite) expectFinite(norm);
  const factor = tidy(() => clamp(div(maxNorm, add(norm, 1e-6)), { max: 1 }));
  for (const parameter of parameters) {
    parameter.updateGrad((g) => tidy(() => mul(g, like(factor, g.dtype).to(g.device))));
  }
  factor.dispose();
  return norm;
}

/**
 * Clips every element of every gradient: g ← min(max(g, −clipValue), clipValue). NaN stays NaN.
 *
 * @see PyTorch's `clip_grad_value_`.
 */
export function clipGradValue(parameters: readonly Variable[], clipValue: number): void {
  checkParameters("clipGradValue", parameters);
  atLeastZero("clipGradValue", "clipValue", clipValue);
  for (const parameter of parameters) {
    parameter.updateGrad((g) => clamp(g, { min: -clipValue, max: clipValue }));
  }
}

function totalNorm(name: string, parameters: readonly Variable[], { normType = 2 }: GradNormOptions): Tensor {
  checkParameters(name, parameters);
  if (!(checkNumber(name, "normType", normType) > 0)) {
    throw new RangeError(`${name}: normType must be above 0, or Infinity, got ${normType}.`);
  }
  return tidy(() => {
    const parts: Tensor[] = [];
    for (const parameter of parameters) {
      parameter.updateGrad((g) => {
        if (g.size > 0) parts.push(powerSum(g, normType));
        return g;
      });
    }
    if (parts.length === 0) return tensor(0);
    const [{ dtype, device }] = parts;
    const join = normType === Number.POSITIVE_INFINITY ? maximum : add;
    const all = parts.map((part) => like(part, dtype).to(device)).reduce((a, b) => join(a, b));
    if (normType === Number.POSITIVE_INFINITY) return reshape(all, []); // a tensor of its own
    return normType === 2 ? sqrt(all) : pow(all, 1 / normType);
  });
}

/** Looks at the norm; it is given back if it cannot be used. */
function expectFinite(norm: Tensor): void {
  let value: number;
  try {
    value = norm.item();
  } catch (cause) {
    norm.dispose();
    if (!(cause instanceof BackendError)) throw cause;
    throw new BackendError(
      `clipGradNorm: errorIfNonfinite has to look at the norm at once, but it is on ${norm.device.name}. Leave it out, and ` +
        "look at what is returned: await norm.data().",
      { cause },
    );
  }
  if (Number.isFinite(value)) return;
  norm.dispose();
  throw new RangeError(
    `clipGradNorm: the norm of the gradients is ${value}, so they cannot be scaled. Look at the loss, or at a smaller learning rate.`,
  );
}

/** The numbers in another type, if it is another one. */
const like = (x: Tensor, dtype: DType): Tensor => (x.dtype === dtype ? x : cast(x, dtype));

/** Σ|g|ᵖ, or the largest |g| for p = ∞. */
function powerSum(g: Tensor, p: number): Tensor {
  if (p === Number.POSITIVE_INFINITY) return max(abs(g));
  return sum(p === 2 ? mul(g, g) : p === 1 ? abs(g) : pow(abs(g), p));
}

function checkParameters(name: string, parameters: readonly Variable[]): void {
  if (!Array.isArray(parameters)) {
    throw new TypeError(
      `${name}: expected an array of parameters, got ${formatValue(parameters)}. Pass model.parameters().`,
    );
  }
}
