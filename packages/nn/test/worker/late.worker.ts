// A worker that waits for something before it serves, as for threads.

await new Promise((resolve) => setTimeout(resolve, 200));
await import("./train.worker.js");

export {};
