import { common, createLowlight } from "lowlight";
import type { ComponentChildren } from "preact";
import { CopyButton } from "../shared/copy.tsx";

const lowlight = createLowlight(common);

/** Longer code is shown without colours: they would take longer than a frame. */
const LONGEST_COLOURED = 40_000;

type Highlighted = ReturnType<typeof lowlight.highlight>["children"];

/** A block of code with its language, a button that copies it, and colours where the language is known. */
export function Code({ language, text }: { readonly language: string; readonly text: string }) {
  return (
    <div class="code">
      <div class="code-bar">
        <span>{language || "code"}</span>
        <CopyButton text={() => text} />
      </div>
      <pre tabIndex={0} role="region" aria-label={language === "" ? "Code" : `Code, ${language}`}>
        <code>{coloured(language, text)}</code>
      </pre>
    </div>
  );
}

function coloured(language: string, text: string): ComponentChildren {
  if (text.length > LONGEST_COLOURED || !lowlight.registered(language)) return text;
  return nodes(lowlight.highlight(language, text).children);
}

function nodes(children: Highlighted): ComponentChildren[] {
  return children.map((child) => {
    if (child.type === "text") return child.value;
    if (child.type !== "element") return null;
    const { className } = child.properties;
    return <span class={Array.isArray(className) ? className.join(" ") : ""}>{nodes(child.children)}</span>;
  });
}
