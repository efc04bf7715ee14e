import { expect, test, vi } from "vitest";
import { provideHeadlessGl } from "./headlessGl.js";
import { load } from "./load.js";

vi.mock("./load.js", () => ({ load: vi.fn() }));

test("the package gl is handed over", async () => {
  const createContext = () => "a context";
  vi.mocked(load).mockResolvedValueOnce({ default: createContext });
  const target: Parameters<typeof provideHeadlessGl>[0] = {};
  expect(await provideHeadlessGl(target)).toBe(true);
  expect(load).toHaveBeenLastCalledWith("gl");
  expect(target.createContext).toBe(createContext);
});

test("where it is not installed, nothing is", async () => {
  const target = {};
  expect(await provideHeadlessGl(target)).toBe(false);
  expect(target).toEqual({});
});
