/** All objects in arrays, plain objects, Maps and Sets, however deep; nothing, if `value` is none of them. */
export function allIn(value: unknown, seen = new Set<unknown>()): unknown[] {
  if (typeof value !== "object" || value === null || seen.has(value)) return [];
  seen.add(value);
  const objects = elementsOf(value).filter((x) => typeof x === "object" && x !== null);
  return objects.flatMap((x) => [x, ...allIn(x, seen)]);
}

function elementsOf(value: object): readonly unknown[] {
  if (Array.isArray(value)) return value;
  if (value instanceof Map || value instanceof Set) return [...value.values()];
  return [Object.prototype, null].includes(Object.getPrototypeOf(value)) ? Object.values(value) : [];
}
