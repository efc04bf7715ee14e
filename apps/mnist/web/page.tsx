import { render } from "preact";
import { App } from "./app.js";
import { learnIn } from "./train/follow.js";
import "./style/base.css";
import "./style/page.css";

/** Shows the page. @param program The address of the program, which is the worker's as well. */
export function show(program: string): void {
  learnIn(program);
  render(<App />, document.getElementById("app") as HTMLElement);
}
