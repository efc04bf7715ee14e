/**
 * Runs every `@example` of the docstrings below a folder. Where a line ends in a comment, `expression; // value`, the
 * expression must have that value: a tensor that of its nested arrays.
 *
 * @param folder The sources.
 * @param scope What examples may name: the package's exports.
 */
export declare function testExamples(folder: string, scope: Readonly<Record<string, unknown>>): void;
