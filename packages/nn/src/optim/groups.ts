import { Variable } from "@conv/autograd";
import { checkOptions, formatValue } from "@conv/core/operators";

/** What the options of a group always have, and what schedules look for. */
export interface GroupOptions {
  /** Learning rate. */
  lr: number;
  weightDecay?: number;
  momentum?: number;
  betas?: readonly [number, number];
}

/** An optimizer's options with nothing left out, which may change between steps. */
export type Settings<Options> = { -readonly [Name in keyof Options]-?: Options[Name] };

/** Parameters that share options. The options may change between steps. */
export type ParameterGroup<Options = GroupOptions> = Options & {
  readonly params: readonly Variable[];
  /** The rate that schedules start from: that of the group when its first schedule was made. */
  initialLr: number | undefined;
};

/** What an optimizer moves: parameters, or groups of them, each with options of its own. */
export type GivenParameters<Options> =
  | readonly Variable[]
  | readonly (Partial<Options> & { readonly params: readonly Variable[] })[];

/**
 * The groups of an optimizer: what a group does not say is as in `defaults`.
 *
 * @throws {TypeError} When there are no parameters, one is none or given twice, or a group has an unknown option.
 */
export function groupsOf<Options extends object>(
  name: string,
  given: GivenParameters<Options>,
  defaults: Options,
): ParameterGroup<Options>[] {
  if (!Array.isArray(given) || given.length === 0) throw noParameters(name);
  const entries: readonly unknown[] = given;
  const isGrouped = entries.some((entry) => typeof entry === "object" && entry !== null && "params" in entry);
  const groups = (isGrouped ? entries : [{ params: entries }]).map((entry) => groupOf(name, entry, defaults));
  const parameters = groups.flatMap(({ params }) => params);
  if (parameters.length === 0) throw noParameters(name);
  if (new Set(parameters).size < parameters.length) {
    throw new TypeError(
      isGrouped
        ? `${name}: a parameter is in two groups, or twice in one, and would move twice. Pass each once.`
        : `${name}: a parameter is given twice and would move twice. Pass each once: [...new Set(parameters)].`,
    );
  }
  return groups;
}

const noParameters = (name: string) =>
  new TypeError(`${name}: expected an array of parameters with at least one. Pass model.parameters().`);

function groupOf<Options extends object>(name: string, entry: unknown, defaults: Options): ParameterGroup<Options> {
  if (typeof entry !== "object" || entry === null || !("params" in entry) || !Array.isArray(entry.params)) {
    throw new TypeError(
      `${name}: a group must be { params, … } with an array of parameters, got ${formatValue(entry)}. Pass groups only, or parameters only.`,
    );
  }
  checkOptions(name, entry, ["params", ...Object.keys(defaults)]);
  const { params, ...own } = entry;
  params.forEach(checkParameter(name));
  const chosen = Object.entries(own).filter(([, value]) => value !== undefined);
  const options: Options = { ...defaults, ...Object.fromEntries(chosen) };
  return Object.seal({ ...options, params: Object.freeze([...params]), initialLr: undefined });
}

const checkParameter = (name: string) => (parameter: unknown) => {
  if (!(parameter instanceof Variable)) {
    throw new TypeError(
      `${name}: a parameter must be a Variable, got ${formatValue(parameter)}. Pass model.parameters(), or variable(tensor).`,
    );
  }
  if (!parameter.isLeaf) {
    throw new TypeError(`${name}: ${parameter} is the result of a step, not a parameter. Pass model.parameters().`);
  }
};

/** An option's name, its numbers, and whether it is one number and not an array. */
type Numbers = readonly [name: string, values: readonly number[], isOne: boolean];

/** The options of a group that are numbers: what schedules change and states carry. */
export function numbersOf(group: object): Numbers[] {
  return Object.entries(group).flatMap(([name, value]: [string, unknown]): Numbers[] => {
    if (name === "params" || name === "initialLr") return [];
    if (typeof value === "number") return [[name, [value], true]];
    return Array.isArray(value) ? [[name, value, false]] : [];
  });
}
