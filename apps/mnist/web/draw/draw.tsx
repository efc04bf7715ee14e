/** To be built. */
export function Draw() {
  return <p>…</p>;
}
