import type { Options } from "tsup";

/** How every library here is built: ESM and CommonJS with types. `options` says what differs. */
export declare const library: (options?: Options) => Options;
