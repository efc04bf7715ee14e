/** Something to do on the device. It does not throw. */
export type Work = () => Promise<void>;

/**
 * What a device has been asked for and has not begun, in order: so whatever a piece of work needs was made before it, and
 * storage that was given back is freed after its last use.
 */
export class Queue {
  readonly #waiting: Work[] = [];
  #next = 0;
  #isRunning = false;

  push(work: Work): void {
    this.#waiting.push(work);
    if (!this.#isRunning) void this.#run();
  }

  async #run(): Promise<void> {
    this.#isRunning = true;
    await undefined; // nothing begins before the call that asked for it has returned
    while (this.#next < this.#waiting.length) await this.#waiting[this.#next++]();
    this.#waiting.length = this.#next = 0;
    this.#isRunning = false;
  }
}
