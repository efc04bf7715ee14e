/** To be built. */
export function Inside() {
  return <p>…</p>;
}
