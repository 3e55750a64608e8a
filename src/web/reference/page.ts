import type { Field } from "./fields.ts";
import { type Html, html, inlineMarkdown, markdown } from "./html.ts";
import {
  type Answer,
  type ErrorChapter,
  type Example,
  type Group,
  type Line,
  NULL_IS_ABSENT,
  type Operation,
  type Reference,
} from "./reference.ts";

const NONE: readonly Html[] = [];

/**
 * The reference as a page. It needs no script to be read; `src/web/docs/main.ts` adds the trying.
 * @param icon the address of the page's icon
 */
export function referenceAsPage(reference: Reference, icon: string): string {
  const { title, version, lead, groups, chapters, errors } = reference;
  const page = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="description" content="Every path, field, error and line of ${title}.">
<title>${title} reference</title>
<link rel="icon" href="${icon}">
<link rel="stylesheet" href="/assets/docs.css">
<script src="/assets/theme.js"></script>
<script src="/assets/docs.js" defer></script>
</head>
<body>
<a class="skip" href="#reference">Skip to the reference</a>
<div class="docs">
<aside aria-label="Contents">
<div class="head"><a class="wordmark" href="/">nash<span>-llm</span></a><button type="button" class="quiet" data-theme-toggle>Dark theme</button></div>
<details class="contents" open><summary>Contents</summary><nav aria-label="Reference">
${groups.map(groupLinks)}
<ul><li><a href="#errors">Errors</a></li>${chapters.map(({ id, title: name }) => html`<li><a href="#${id}">${name}</a></li>`)}</ul>
<ul class="away"><li><a href="/">Chat page</a></li><li><a href="/openapi.json">openapi.json</a></li><li><a href="/llms.txt">llms.txt</a></li></ul>
</nav></details>
</aside>
<main id="reference" tabindex="-1">
<header class="lead"><h1>Reference</h1><p class="version">${title} ${version}</p>${markdown(lead)}</header>
${groups.map(groupSection)}
${errorSection(errors)}
${chapters.map(({ id, title: name, text }) => html`<section class="chapter" id="${id}"><h2>${name}</h2>${markdown(text)}</section>`)}
</main>
</div>
</body>
</html>
`;
  return page.text;
}

function groupLinks({ name, operations }: Group): Html {
  const links = operations.map(({ id, path }) => html`<li><a href="#${id}"><code>${path}</code></a></li>`);
  return html`<p>${name}</p><ul>${links}</ul>`;
}

function groupSection({ name, description, operations }: Group): Html {
  return html`<section class="group"><h2>${name}</h2><p class="about">${description}</p>${operations.map(operationSection)}</section>`;
}

function operationSection(operation: Operation): Html {
  const { id, method, path, summary, description, fields, answers, errorStatuses } = operation;
  return html`<article class="operation" id="${id}">
<h3><span class="method">${method}</span> <code>${path}</code></h3>
<p class="summary">${summary}</p>
${markdown(description)}
${fields.length === 0 ? NONE : html`<h4>Body <code>application/json</code></h4><p>${NULL_IS_ABSENT}</p>${fieldRows(fields)}`}
${answers.map(answerPart)}
${errorStatuses.length === 0 ? NONE : html`<p class="fails">Fails with ${errorStatuses.join(", ")}: see <a href="#errors">Errors</a>.</p>`}
${tryPart(operation)}
</article>`;
}

function answerPart({ status, description, contentType, fields, lines, examples }: Answer): Html {
  const type = contentType === undefined ? NONE : html` <code>${contentType}</code>`;
  return html`<h4>Answer ${status}${type}</h4>${markdown(description)}${lines.map(lineRow)}${fieldRows(fields)}${examples.map(examplePart)}`;
}

function lineRow({ title, description, fields }: Line): Html {
  return html`<div class="line"><p><strong>${title}</strong> ${inlineMarkdown(description)}</p>${fieldRows(fields)}</div>`;
}

function fieldRows(fields: readonly Field[]): Html {
  const rows = fields.map(
    ({ path, type, isRequired, description }) => html`<div class="field">
<dt><code>${path}</code></dt><dd><span class="type">${inlineMarkdown(type)}${isRequired ? html`, <b>required</b>` : NONE}</span>
${description === "" ? NONE : html`<p>${inlineMarkdown(description)}</p>`}</dd></div>`,
  );
  return rows.length === 0 ? html`` : html`<dl class="fields">${rows}</dl>`;
}

function examplePart({ title, text }: Example): Html {
  const label = title === "" ? "Example" : `Example, ${title}`;
  return html`<figure class="code"><figcaption class="code-bar">${label}</figcaption><pre tabindex="0"><code>${text}</code></pre></figure>`;
}

/** What to try: the paths that answer in JSON or as a stream. */
function tryPart({ id, method, path, example, answers }: Operation): Html {
  const isPage = answers.every(({ contentType }) => contentType === "text/html");
  if (isPage) return html``;
  const body =
    example === undefined
      ? NONE
      : html`<label>Body<textarea rows="${String(example.split("\n").length + 1)}" spellcheck="false">${example}</textarea></label>`;
  return html`<form class="try" data-method="${method}" data-path="${path}" aria-label="Try ${method} ${path}" hidden>
${body}
<div class="row"><button type="submit" class="plain">Try it</button><button type="button" class="plain" data-stop hidden>Stop</button><span class="status" role="status"></span></div>
<pre class="result" id="result-${id}" tabindex="0" aria-label="What came back" hidden></pre>
</form>`;
}

function errorSection({ fields, example, types }: ErrorChapter): Html {
  const rows = types.map(
    ({ type, statuses, meaning }) =>
      html`<div class="field"><dt><code>${type}</code></dt><dd><span class="type">${statuses}</span><p>${inlineMarkdown(meaning)}</p></dd></div>`,
  );
  return html`<section class="chapter" id="errors"><h2>Errors</h2>
<p>Before a stream has begun: a real status with this JSON as its body, never HTML. After that: the same <code>error</code> object in one line of the stream.</p>
${examplePart({ title: "", text: example })}
${fieldRows(fields)}
<h3>Types</h3>
<dl class="fields">${rows}</dl></section>`;
}
