import type { Answer, Command, End, Gone, Order, Start } from "./messages.js";
import { type AbortingSignal, platform } from "./platform.js";

/** Where a run in a worker takes its caller's commands, and sends its reports. */
export interface Desk {
  /** Aborted when the caller stops the run. */
  readonly signal: AbortingSignal;
  /**
   * Carries out the caller's orders, and waits for more if there is nothing else to do.
   *
   * @returns When a step may be taken, or the run is stopped. When it is over: never.
   */
  attend(carryOut: (order: Order) => Promise<Answered>): Promise<void>;
  /** Sends a step. */
  step(step: object): void;
  /** Sends the end. */
  end(end: Omit<End, "type">, transfer: ArrayBuffer[]): void;
  readonly isOver: boolean;
  /** Nobody will give orders any more. */
  close(): void;
}

/** What an order brings, and which of its memory may move. */
export interface Answered {
  readonly answer: Omit<Answer, "type">;
  readonly transfer?: ArrayBuffer[];
}

/** Opens the desk at which a caller's commands arrive. */
export function openDesk({ port, buffer, isStopped }: Start): Desk {
  const orders: Order[] = [];
  const controller = new platform.AbortController();
  let [credit, isOver] = [buffer, false];
  let wake = () => {};
  if (isStopped) controller.abort();
  port.onmessage = ({ data }) => {
    const command = data as Command;
    if (command.type === "next") credit++;
    else if (command.type === "stop") controller.abort();
    else orders.push(command);
    wake();
  };
  return {
    signal: controller.signal,
    get isOver() {
      return isOver;
    },
    async attend(carryOut) {
      for (;;) {
        for (let order = orders.shift(); order !== undefined; order = orders.shift()) {
          const { answer, transfer = [] } = await carryOut(order);
          port.postMessage({ ...answer, type: "answer" } satisfies Answer, transfer);
        }
        if (!isOver && (credit > 0 || controller.signal.aborted)) break;
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
      credit--;
    },
    step: (step) => port.postMessage({ type: "step", step }),
    end(end, transfer) {
      isOver = true;
      port.postMessage({ ...end, type: "end" } satisfies End, transfer);
    },
    close() {
      port.postMessage({ type: "gone" } satisfies Gone);
      port.close();
    },
  };
}
