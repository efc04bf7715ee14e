/** To be built. */
export function Architecture() {
  return <p>…</p>;
}
