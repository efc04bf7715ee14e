/** To be built. */
export function Train() {
  return <p>…</p>;
}
