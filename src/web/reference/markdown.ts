import type { Field } from "./fields.ts";
import { type Answer, NULL_IS_ABSENT, type Operation, type Reference } from "./reference.ts";

/** The reference as one Markdown text, for machines (`/llms.txt`). */
export function referenceAsMarkdown(reference: Reference): string {
  const { title, version, lead, groups, chapters, errors } = reference;
  const [summary = "", ...more] = lead.split("\n\n");
  const parts = [
    `# ${title} ${version}`,
    `> ${summary}`,
    ...more,
    "This is the whole reference, made from [OpenAPI 3.1](/openapi.json), as is [the page for people](/docs).",
    ...groups.flatMap(({ name, description, operations }) => [
      `## ${name}`,
      description,
      ...operations.flatMap(operationParts),
    ]),
    "## Errors",
    "Before a stream has begun: a real status with this JSON as its body. After that: the same `error` object in one line of the stream.",
    code("json", errors.example),
    fieldList(errors.fields),
    "| `type` | status | meaning |\n|---|---|---|\n" +
      errors.types
        .map(({ type, statuses, meaning }) => `| \`${type}\` | ${statuses} | ${meaning} |`)
        .join("\n"),
    ...chapters.flatMap((chapter) => [`## ${chapter.title}`, chapter.text]),
  ];
  return `${parts.filter((part) => part !== "").join("\n\n")}\n`;
}

function operationParts(operation: Operation): readonly string[] {
  const { method, path, summary, description, fields, example, answers, errorStatuses } = operation;
  return [
    `### ${method} ${path}`,
    `${summary}.`,
    description,
    ...(fields.length === 0 ? [] : [`Body, \`application/json\`. ${NULL_IS_ABSENT}`, fieldList(fields)]),
    ...(example === undefined ? [] : ["Example:", code("json", example)]),
    ...answers.flatMap(answerParts),
    ...(errorStatuses.length === 0 ? [] : [`Errors: ${errorStatuses.join(", ")}.`]),
  ];
}

function answerParts({
  status,
  description,
  contentType,
  fields,
  lines,
  examples,
}: Answer): readonly string[] {
  const type = contentType === undefined ? "" : `, \`${contentType}\``;
  const kinds = lines.map(
    (line) => `- ${line.title}: ${line.description}\n${fieldList(line.fields).replace(/^/gm, "  ")}`,
  );
  return [
    `Answer ${status}${type}: ${description}`,
    kinds.join("\n"),
    fieldList(fields),
    ...examples.flatMap(({ title, text }) => [title === "" ? "" : `Example, ${title}:`, code("", text)]),
  ];
}

function fieldList(fields: readonly Field[]): string {
  return fields
    .map(({ path, type, isRequired, description }) => {
      const kind = `${type}${isRequired ? ", required" : ""}`;
      return `- \`${path}\` (${kind})${description === "" ? "" : `: ${description}`}`;
    })
    .join("\n");
}

function code(language: string, text: string): string {
  return `\`\`\`${language}\n${text}\n\`\`\``;
}
