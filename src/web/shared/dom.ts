type Listener = (event: Event) => void;
type Attribute = string | boolean | undefined | Listener;
export type Child = Node | string | false | undefined;

/**
 * Makes an element. Text is only ever set as text, never as HTML.
 * @param attributes `true` sets an attribute without a value, `false` and `undefined` leave it out, a function listens
 * to the event of that name
 */
export function element<Tag extends keyof HTMLElementTagNameMap>(
  tag: Tag,
  attributes: Readonly<Record<string, Attribute>> = {},
  ...children: readonly Child[]
): HTMLElementTagNameMap[Tag] {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === "function") made.addEventListener(name, value);
    else if (value === true) made.setAttribute(name, "");
    else if (typeof value === "string") made.setAttribute(name, value);
  }
  made.append(...children.filter(isPresent));
  return made;
}

function isPresent(child: Child): child is Node | string {
  return child !== undefined && child !== false && child !== "";
}

/** A button that is none of a form's. */
export function button(
  label: string,
  clicked: () => void,
  attributes: Readonly<Record<string, Attribute>> = {},
): HTMLButtonElement {
  return element("button", { type: "button", ...attributes, click: clicked }, label);
}

/** The element of the page with this id. @throws where the page has none: page and script belong together */
export function byId<T extends HTMLElement>(id: string, kind: new () => T): T {
  const found = document.getElementById(id);
  if (!(found instanceof kind)) throw new Error(`The page has no ${kind.name} named ${id}.`);
  return found;
}
