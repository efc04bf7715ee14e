// What the tests' fixtures need of node:fs, over HTTP: files are read from the server that the page came from.

/** The contents of a file, at once. */
export function readFileSync(url: URL, encoding?: "utf8"): string | Uint8Array {
  const request = new XMLHttpRequest();
  request.open("GET", url, false);
  request.overrideMimeType("text/plain; charset=x-user-defined"); // every byte a character
  request.send();
  const bytes = Uint8Array.from(request.responseText, (char) => char.charCodeAt(0) & 0xff);
  return encoding === undefined ? bytes : new TextDecoder().decode(bytes);
}
