import type { ComponentChildren } from "preact";

/** A part of the page: a heading, what it is about, and the thing itself. */
export function Part(props: {
  readonly id: string;
  readonly title: string;
  readonly about: string;
  readonly children: ComponentChildren;
}) {
  return (
    <section class="part" id={props.id} aria-labelledby={`${props.id}-title`}>
      <header>
        <h2 id={`${props.id}-title`}>{props.title}</h2>
        <p>{props.about}</p>
      </header>
      {props.children}
    </section>
  );
}
