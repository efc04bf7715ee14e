/** The path of Node 24, which comes as a package; undefined on platforms that it is not for. */
export const node24: string | undefined;
