import { render } from "preact";
import { App } from "./app.js";
import "./style/base.css";
import "./style/page.css";

render(<App />, document.getElementById("app") as HTMLElement);
