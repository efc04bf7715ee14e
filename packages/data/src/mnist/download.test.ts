import { expect, test, vi } from "vitest";
import { type Answer, breakOff, closedPort, inTurn, send, serve, stall, status, trickle } from "../../test/serve.js";
import { download } from "./download.js";
import { sha256Of } from "./files.js";
import type { Progress } from "./receive.js";

const bytes = Uint8Array.from({ length: 1000 }, (_, i) => i);
const QUICK = { timeout: 20_000, retries: 0, retryDelay: 1 };
/** Long enough that a working server never meets it, short enough to wait for. */
const STALLED = { ...QUICK, timeout: 1500 };

const fetched = async (base: string, options = QUICK) =>
  (await download("file", [`${base}file`], undefined, options)).bytes;
/** The error without the number of the port, which changes from run to run. */
const failure = async (base: string, options = QUICK) => {
  const error = await fetched(base, options).catch((error: Error) => error);
  return (error as Error).message.replaceAll(/127\.0\.0\.1:\d+/g, "server").replace(/;[^;]*$/, "");
};

test("the bytes of a server arrive", async () => {
  const { base } = await serve({ file: send(bytes) });
  expect(await download("file", [`${base}file`], await sha256Of(bytes), QUICK)).toEqual({ from: `${base}file`, bytes });
});

test("an empty file is a file", async () => {
  const { base } = await serve({ file: send(new Uint8Array(0)) });
  expect(await fetched(base)).toEqual(new Uint8Array(0));
});

test("progress goes from 0 to the total", async () => {
  const { base } = await serve({ file: send(bytes) });
  const steps: Progress[] = [];
  await download("file", [`${base}file`], undefined, { ...QUICK, onProgress: (step) => steps.push(step) });
  expect(steps[0]).toEqual({ file: "file", received: 0, total: 1000 });
  expect(steps.at(-1)).toEqual({ file: "file", received: 1000, total: 1000 });
});

test("the timeout is for silence, not for the whole: a slow server delivers", async () => {
  const { base } = await serve({ file: trickle(bytes, 400) });
  expect(await fetched(base, { ...QUICK, timeout: 1500 })).toEqual(bytes);
});

test("why an address fails is said", async () => {
  const failing = async (answer: Answer, options = QUICK) => failure((await serve({ file: answer })).base, options);
  expect(await failing(status(500))).toMatchInlineSnapshot(
    `"mnist: file could not be downloaded (http://server/file: it answered 500)"`,
  );
  expect(await failing(status(404))).toMatchInlineSnapshot(
    `"mnist: file could not be downloaded (http://server/file: it answered 404)"`,
  );
  expect(await failing(stall(bytes), STALLED)).toMatchInlineSnapshot(
    `"mnist: file could not be downloaded (http://server/file: nothing came for 1500 ms)"`,
  );
  expect(await failing(() => {}, STALLED)).toMatchInlineSnapshot(
    `"mnist: file could not be downloaded (http://server/file: nothing came for 1500 ms)"`,
  ); // not even a header
  expect(await failing(breakOff(bytes))).toMatchInlineSnapshot(
    `"mnist: file could not be downloaded (http://server/file: the connection broke off)"`,
  );
  expect(await failing(breakOff(bytes, false))).toMatchInlineSnapshot(
    `"mnist: file could not be downloaded (http://server/file: the connection broke off)"`,
  );
  expect(await failure(await closedPort())).toMatchInlineSnapshot(
    `"mnist: file could not be downloaded (http://server/file: no connection (ECONNREFUSED))"`,
  );
});

test("other bytes than those of the SHA-256 are refused, and not asked for again", async () => {
  const { base, requests } = await serve({ file: send(bytes) });
  const wrong = download("file", [`${base}file`], "00".repeat(32), { ...QUICK, retries: 2 });
  await expect(wrong).rejects.toThrow("it sent other bytes, with SHA-256 a8af099b…, not 00000000…");
  expect(requests.length).toBe(1);
});

test.each([
  ["answers 500", status(500)],
  ["answers 404", status(404)],
  ["breaks off", breakOff(bytes)],
  ["stalls", stall(bytes)],
  ["sends other bytes", send(new Uint8Array(1000))],
])("when a mirror %s, the next one delivers", async (_, answer) => {
  const [bad, good] = [await serve({ file: answer }), await serve({ file: send(bytes) })];
  const mirrors = [`${bad.base}file`, `${good.base}file`];
  expect((await download("file", mirrors, await sha256Of(bytes), STALLED)).from).toBe(`${good.base}file`);
  expect(bad.requests.length).toBe(1);
});

test("what may pass is tried again, as often as retries says; a refusal is not", async () => {
  const recovering = await serve({ file: inTurn(status(503), breakOff(bytes), send(bytes)) });
  expect(await fetched(recovering.base, { ...QUICK, retries: 2 })).toEqual(bytes);
  expect(recovering.requests.length).toBe(3);
  const down = await serve({ file: status(503) });
  await expect(fetched(down.base, { ...QUICK, retries: 2 })).rejects.toThrow("it answered 503");
  expect(down.requests.length).toBe(3);
  const refusing = await serve({ file: status(403) });
  await expect(fetched(refusing.base, { ...QUICK, retries: 2 })).rejects.toThrow("it answered 403");
  expect(refusing.requests.length).toBe(1);
});

test("a signal stops a download before it begins, while it waits, and between two tries", async () => {
  const { base, requests } = await serve({ file: stall(bytes), down: status(500) });
  const reason = new Error("no more");
  const options = { ...QUICK, retries: 5, retryDelay: 60_000 };
  await expect(fetched(base, { ...options, ...{ signal: AbortSignal.abort(reason) } })).rejects.toBe(reason);
  expect(requests).toEqual([]);
  for (const name of ["file", "down"]) {
    const controller = new AbortController();
    const running = download(name, [base + name], undefined, { ...options, signal: controller.signal });
    running.catch(() => {}); // looked at below
    await vi.waitFor(() => expect(requests).toContain(name));
    setTimeout(() => controller.abort(reason), 50);
    await expect(running).rejects.toBe(reason);
  }
  expect(requests).toEqual(["file", "down"]);
});

test("an error of the caller's own onProgress is not taken for one of the network", async () => {
  const { base, requests } = await serve({ file: send(bytes) });
  const mistake = new Error("mine");
  const onProgress = () => {
    throw mistake;
  };
  await expect(fetched(base, { ...QUICK, retries: 2, ...{ onProgress } })).rejects.toBe(mistake);
  expect(requests.length).toBe(1);
});
