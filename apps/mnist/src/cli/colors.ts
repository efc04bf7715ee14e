import picocolors from "picocolors";

/** Colours for terminals only, not for files and pipes. */
export const pc = picocolors.createColors(process.stdout.isTTY === true && picocolors.isColorSupported);
