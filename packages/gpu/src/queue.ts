/** Something to do on the device. Whoever waits for it learns of its errors from the work itself: here they end with it. */
export type Work = () => Promise<void>;

/**
 * What a device has been asked for and has not begun, in order: so whatever a piece of work needs was made before it, and
 * storage that was given back is freed after its last use.
 */
export class Queue {
  #waiting: Work[] = [];
  #isRunning = false;

  push(work: Work): void {
    this.#waiting.push(work);
    if (!this.#isRunning) void this.#run();
  }

  async #run(): Promise<void> {
    this.#isRunning = true;
    await undefined; // nothing begins before the call that asked for it has returned
    while (this.#waiting.length > 0) {
      const batch = this.#waiting.reverse();
      this.#waiting = [];
      for (let work = batch.pop(); work !== undefined; work = batch.pop()) await attempt(work); // and nothing holds it then
    }
    this.#isRunning = false;
  }
}

/** Does it: the work after it is done even if this fails. */
async function attempt(work: Work): Promise<void> {
  try {
    await work();
  } catch {
    // said by the work's own promise or storage, if there is anything to say
  }
}
