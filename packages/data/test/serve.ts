import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { onTestFinished } from "vitest";

/** How a server answers a request. */
export type Answer = (response: ServerResponse, request: IncomingMessage) => void;

/** A server that is open until the test ends. */
export interface TestServer {
  /** Its address, with a slash at its end. */
  readonly base: string;
  /** The paths that were asked for, in order. */
  readonly requests: readonly string[];
}

/** A web server on this computer that answers the path /name with answers[name], and other paths with 404. */
export async function serve(answers: Readonly<Record<string, Answer>>): Promise<TestServer> {
  const requests: string[] = [];
  const server = createServer((request, response) => {
    const name = request.url?.slice(1) ?? "";
    requests.push(name);
    (answers[name] ?? status(404))(response, request);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return { base: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`, requests };
}

/** Answers with these bytes. */
export const send =
  (bytes: Uint8Array): Answer =>
  (response) => {
    response.setHeader("content-length", bytes.length);
    response.end(bytes);
  };

/** Answers with a status and no bytes. */
export const status =
  (code: number): Answer =>
  (response) => {
    response.statusCode = code;
    response.end();
  };

/** Sends half of the bytes and closes the connection. */
export const breakOff =
  (bytes: Uint8Array, isLengthKnown = true): Answer =>
  (response) => {
    if (isLengthKnown) response.setHeader("content-length", bytes.length);
    response.write(bytes.subarray(0, bytes.length / 2), () => setTimeout(() => response.destroy(), 5));
  };

/** Sends half of the bytes and then nothing, for ever. */
export const stall =
  (bytes: Uint8Array): Answer =>
  (response) => {
    response.setHeader("content-length", bytes.length);
    response.write(bytes.subarray(0, bytes.length / 2));
  };

/** Sends the bytes in four parts with a pause before each, in milliseconds. */
export const trickle =
  (bytes: Uint8Array, pause: number): Answer =>
  async (response) => {
    const quarter = Math.ceil(bytes.length / 4);
    for (let at = 0; at < bytes.length; at += quarter) {
      await new Promise((resolve) => setTimeout(resolve, pause));
      response.write(bytes.subarray(at, at + quarter));
    }
    response.end();
  };

/** The first answers one by one, then the last again and again. */
export const inTurn = (...answers: readonly Answer[]): Answer => {
  let turn = 0;
  return (response, request) => answers[Math.min(turn++, answers.length - 1)](response, request);
};

/** An address where nobody listens. */
export async function closedPort(): Promise<string> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return `http://127.0.0.1:${port}/`;
}
