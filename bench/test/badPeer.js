// A peer for tests of the harness: its forward map is wrong, it dies of gradX, and it has no gradW.

import { Cannot } from "../cpu/handler.js";
import * as ours from "../cpu/ours.js";

/** @returns {Promise<import("../cpu/handler.js").Peer>} */
export async function createPeer(options) {
  const peer = await ours.createPeer(options);
  return {
    ...peer,
    layer: async (layer, map) => {
      if (map === "gradX") process.exit(3);
      if (map === "gradW") throw new Cannot("it was never taught to");
      const subject = await peer.layer(layer, map);
      return { ...subject, values: async (y) => (await subject.values(y)).map((v) => v * 1.1) };
    },
  };
}
