// One program for the page and for its worker, so that what both need is fetched once.
if ("document" in globalThis) import("./page.js").then(({ show }) => show(import.meta.url));
else {
  import("./train/train.worker.js").catch((error: unknown) => {
    setTimeout(() => {
      throw error; // outside of the promise the page hears of it
    });
  });
}
