import { runChecks } from "./checks.js";

runChecks().then((outcome) => postMessage(outcome));
