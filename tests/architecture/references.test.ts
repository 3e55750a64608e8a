import { describe, expect, test } from "bun:test";
import {
  commentsOf,
  deadLinksIn,
  deadPathsIn,
  deadSectionsIn,
  deadSpansIn,
  misplacedTestsIn,
} from "./references.ts";
import { repositoryFiles, type SourceFile } from "./source-files.ts";

/** Links, paths and section numbers in Markdown and in comments: each leads somewhere in a fresh clone. */

const markdown = repositoryFiles(".md").filter(({ path }) => !path.startsWith("tests/fixtures/"));
const sources = repositoryFiles(".ts", ".tsx", ".mjs", ".css", ".sh", ".toml");

/** A record of a decision that no longer holds names what was there then. */
const isHistory = ({ path, text }: SourceFile) =>
  path.startsWith("docs/decisions/") && /superseded by/.test(text);

const told = (files: readonly SourceFile[], dead: (file: SourceFile) => string[]) =>
  files.flatMap((file) => dead(file).map((reference) => `${file.path}: ${reference}`));

test("links in Markdown", () => {
  expect(told(markdown, deadLinksIn)).toEqual([]);
  expect(markdown.length).toBeGreaterThan(10);
});

test("paths in the code spans of Markdown", () => {
  expect(
    told(
      markdown.filter((file) => !isHistory(file)),
      deadSpansIn,
    ),
  ).toEqual([]);
});

test("paths in comments", () => {
  const dead = told(sources, (file) =>
    commentsOf(file).flatMap((comment) => deadPathsIn(comment, file.path)),
  );
  expect(dead).toEqual([]);
});

test("sections in comments and in Markdown", () => {
  const inComments = told(sources, (file) => commentsOf(file).flatMap(deadSectionsIn));
  const inMarkdown = told(markdown, ({ text }) => deadSectionsIn(text));
  expect([...inComments, ...inMarkdown]).toEqual([]);
});

test("tests that docs/reliability.md names", () => {
  const reliability = markdown.filter(({ path }) => path === "docs/reliability.md");
  expect(reliability).toHaveLength(1);
  expect(told(reliability, misplacedTestsIn)).toEqual([]);
});

test("nothing cites what only this project's makers have", () => {
  const cites = /\b(?:the contract\b|contract, section|seed format|(?:wire|runtime|threats)\.md)/;
  const inComments = told(sources, (file) => commentsOf(file).filter((comment) => cites.test(comment)));
  const inMarkdown = told(markdown, ({ text }) => text.split("\n").filter((line) => cites.test(line)));
  expect([...inComments, ...inMarkdown]).toEqual([]);
});

describe("what these tests see", () => {
  const file = (path: string, text: string): SourceFile => ({ path, text });

  test.each(["[a](nowhere.md)", "[a](../README.md#no-such-heading)", "[a](#nor-here)", "[a]: ./nowhere.md"])(
    "a dead link: %s",
    (text) => {
      expect(deadLinksIn(file("docs/x.md", text))).toHaveLength(1);
    },
  );

  test("links that lead somewhere", () => {
    const text = "[a](../README.md) [b](https://example.com/x.md) [c](protocol.md#1-chat) [d](../src/core)";
    expect(deadLinksIn(file("docs/x.md", text))).toEqual([]);
  });

  test.each(["// See docs/gone.md.", "/** As gone.md says. */", "// tests/core/gone*", "/* ../gone.ts */"])(
    "a dead path: %s",
    (text) => {
      const [comment = ""] = commentsOf(file("src/core/x.ts", text));
      expect(deadPathsIn(comment, "src/core/x.ts")).toHaveLength(1);
    },
  );

  test.each([
    "// See docs/protocol.md.",
    "// src/core",
    "// tests/upstream/*",
    'const at = "https://example.com/gone.md";',
  ])("no dead path: %s", (text) => {
    const comments = commentsOf(file("src/core/x.ts", text));
    expect(comments.flatMap((comment) => deadPathsIn(comment, "src/core/x.ts"))).toEqual([]);
  });

  test("tests that are not where it says, and those that are", () => {
    const rows = [
      '| Fault | `core/session`: "no such test" |',
      "| Fault | `core/no-such-file` |",
      '| Fault | `program/stopping`; `architecture/references`: "links in …" |',
    ];
    expect(misplacedTestsIn(file("docs/reliability.md", rows.join("\n")))).toEqual([
      "no such test",
      "core/no-such-file",
    ]);
  });

  test("a dead section", () => {
    expect(deadSectionsIn("docs/providers.md 1.2 and 1.9, docs/protocol.md 99")).toEqual([
      "docs/providers.md 1.9",
      "docs/protocol.md 99",
    ]);
  });
});
