/** Maps of two numbers, as texts of two names. NaN passes: no comparison holds for it. */
export const pairs = {
  add: (a: string, b: string) => `${a} + ${b}`,
  sub: (a: string, b: string) => `${a} - ${b}`,
  mul: (a: string, b: string) => `${a} * ${b}`,
  div: (a: string, b: string) => `${a} / ${b}`,
  maximum: (a: string, b: string) => `(${a} >= ${b} ? ${a} : (${b} > ${a} ? ${b} : ${a} + ${b}))`,
  minimum: (a: string, b: string) => `(${a} <= ${b} ? ${a} : (${b} < ${a} ? ${b} : ${a} + ${b}))`,
} as const;
