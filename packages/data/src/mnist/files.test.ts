import { afterEach, expect, test, vi } from "vitest";
import { fileOf, namesOf, sha256Of } from "./files.js";

afterEach(() => {
  vi.unstubAllGlobals();
});

test("the SHA-256 of nothing", async () => {
  expect(await sha256Of(new Uint8Array(0))).toBe("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
});

test("the names of the test images", () => {
  expect(fileOf("test", "images")).toBe("t10k-images-idx3-ubyte.gz");
  expect(namesOf("test", "images")).toEqual(["t10k-images-idx3-ubyte.gz", "test-images-idx3-ubyte.gz"]);
  expect(namesOf("train", "labels")).toEqual(["train-labels-idx1-ubyte.gz"]);
});

test("a page that is not secure cannot check downloads", async () => {
  vi.stubGlobal("crypto", {});
  await expect(sha256Of(new Uint8Array(0))).rejects.toThrowErrorMatchingInlineSnapshot(
    `[DataError: mnist: downloads are checked by SHA-256, which browsers compute on secure pages only. Serve the page over https or from localhost, or pass source: "digits".]`,
  );
});
