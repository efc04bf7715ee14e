/**
 * Runs every ts snippet of a Markdown file as a program of its own, with the built packages. Where a console.log line
 * ends in a comment, the program must print that; `…` in it stands for anything.
 *
 * @param path The Markdown file.
 * @param from The folder whose packages the snippets import. Default: the file's.
 */
export declare function testSnippets(path: string, from?: string): void;
