import { expect, test } from "vitest";
import { packError, unpackError } from "./errors.js";

/** What arrives of what was thrown. */
const arrived = (thrown: unknown): Error => unpackError(structuredClone(packError(thrown)));

test("what is no error arrives as one that shows it, even what has no text", () => {
  expect(arrived("Words.").message).toBe("Words.");
  expect(arrived({ code: 5 }).message).toMatchInlineSnapshot(`"an object was thrown, which is no Error."`);
  expect(arrived(Object.create(null)).message).toMatchInlineSnapshot(`"an object was thrown, which is no Error."`);
  expect(arrived(Symbol("odd")).message).toMatchInlineSnapshot(`"Symbol(odd) was thrown, which is no Error."`);
  expect(arrived(undefined).message).toMatchInlineSnapshot(`"undefined was thrown, which is no Error."`);
});

test("causes that go round in a circle arrive, though not for ever", () => {
  const error = new RangeError("Around.");
  error.cause = error;
  const { name, message, cause } = arrived(error);
  expect([name, message]).toEqual(["RangeError", "Around."]);
  expect((cause as Error).cause).toMatchObject({ message: "Around." });
});
