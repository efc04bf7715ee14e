/** A frame around the part of a matrix that belongs to the window: where it begins, and how far it goes. */
export function Band(props: {
  readonly top: number;
  readonly left: number;
  readonly height: number;
  readonly width: number;
}) {
  const { top, left, height, width } = props;
  return (
    <div
      class="bench-band"
      aria-hidden="true"
      style={{ "--top": top, "--left": left, "--height": height, "--width": width }}
    />
  );
}
