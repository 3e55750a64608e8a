import { render } from "preact";
import { App } from "./app.tsx";
import { Page } from "./page.ts";
import { Painter } from "./painter.ts";

const root = document.getElementById("app");
if (root === null) throw new Error("The page has no place for the chat.");

const painter = new Painter(() => render(<App page={page} />, root));
const page = new Page(() => painter.paint());
render(<App page={page} />, root);
page.findLocal();
