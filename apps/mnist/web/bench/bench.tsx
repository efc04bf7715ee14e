/** To be built. */
export function Bench() {
  return <p>…</p>;
}
