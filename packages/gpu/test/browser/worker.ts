import { smoke } from "./checks.js";

self.onmessage = async ({ data }) => self.postMessage(await smoke(data, 40));
