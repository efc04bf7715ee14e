// As much of the wire format of Protocol Buffers as ONNX files need: fields of integers, texts, bytes and messages.

const text = new TextEncoder();

/** An integer ≥ 0, seven bits a byte, the lowest first. */
function varint(value) {
  const bytes = [];
  for (let rest = value; ; rest = Math.floor(rest / 128)) {
    if (rest < 128) return [...bytes, rest];
    bytes.push((rest % 128) + 128);
  }
}

function concatenate(parts) {
  const joined = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of parts) {
    joined.set(part, at);
    at += part.length;
  }
  return joined;
}

/** One field: a number is a varint, a text or bytes (a message is bytes) come after their length. */
function field(number, value) {
  if (typeof value === "number") return Uint8Array.from([...varint(number * 8), ...varint(value)]);
  const bytes = typeof value === "string" ? text.encode(value) : value;
  return concatenate([[...varint(number * 8 + 2), ...varint(bytes.length)], bytes]);
}

/**
 * A message.
 *
 * @param {Record<number, number | string | Uint8Array | readonly (number | string | Uint8Array)[]>} fields By number; a
 *   list is a repeated field.
 * @returns {Uint8Array}
 */
export function message(fields) {
  const parts = Object.entries(fields).flatMap(([number, values]) =>
    [values].flat().map((value) => field(Number(number), value)),
  );
  return concatenate(parts);
}
