import { describe, expect, test } from "bun:test";
import { importCircles } from "./import-circles.ts";
import { importsOf, repositoryFiles, type SourceFile } from "./source-files.ts";

/**
 * The layers of `src`, lowest first: each imports only from itself and from those before it. ARCHITECTURE.md says what
 * each is for. Types count like values: a layer that knows another's types knows the other.
 */
const LAYERS = [
  "version.ts",
  "core",
  "sse",
  "tokens",
  "protocols",
  "providers",
  "upstream",
  "clients",
  "ledger",
  "routing",
  "chat",
  "answers",
  "api",
  "client",
  "web",
  "sandbox",
  "server",
  "config",
  "config.ts",
  "cli",
  "main.ts",
];

/** Layers that know less than those before them: the client is published alone, the sandbox plays somebody else. */
const NARROWER: Readonly<Record<string, readonly string[]>> = {
  client: ["core"],
  sandbox: ["core"],
};

/** What the published client takes from others, types apart, would have to be published with it. */
const TYPES_ALONE = "client";

/** Longer ones hold more than one thing. */
const MOST_LINES = 250;

const sources = repositoryFiles(".ts", ".tsx").filter(({ path }) => path.startsWith("src/"));

/** `core` of `src/core/event.ts`, `main.ts` of `src/main.ts`. */
const layerOf = (path: string): string => path.split("/")[1] ?? "";

function mayImport(from: string, to: string): boolean {
  if (from === to) return true;
  return NARROWER[from]?.includes(to) ?? LAYERS.indexOf(to) < LAYERS.indexOf(from);
}

function forbiddenImports(files: readonly SourceFile[]): string[] {
  return files.flatMap((file) =>
    importsOf(file)
      .filter(({ target }) => target.startsWith("src/") && !mayImport(layerOf(file.path), layerOf(target)))
      .map(({ target }) => `${file.path} imports ${target}`),
  );
}

test("every file of src is in a layer", () => {
  expect(
    [...new Set(sources.map(({ path }) => layerOf(path)))].filter((layer) => !LAYERS.includes(layer)),
  ).toEqual([]);
  expect(sources.length).toBeGreaterThan(100);
});

test("each layer imports only from those before it", () => {
  expect(forbiddenImports(sources)).toEqual([]);
});

test("the published client imports only types", () => {
  const client = sources.filter(({ path }) => layerOf(path) === TYPES_ALONE);
  const values = client.flatMap((file) =>
    importsOf(file)
      .filter(({ target, isType }) => !isType && layerOf(target) !== TYPES_ALONE)
      .map(({ target }) => `${file.path} imports ${target}`),
  );
  expect(values).toEqual([]);
  expect(client.length).toBeGreaterThan(3);
});

test("no files import each other in a circle", () => {
  expect(importCircles(sources)).toEqual([]);
});

test("nothing imports the HTTP of Node: requests leave by `fetch`, and come in by Bun's server", () => {
  const found = sources.flatMap((file) =>
    importsOf(file)
      .filter(({ target }) => ["node:http", "node:https", "node:_http_common"].includes(target))
      .map(({ target }) => `${file.path} imports ${target}`),
  );
  expect(found).toEqual([]);
});

test("the environment is read by the settings and the entry point alone", () => {
  const readers = sources.filter(({ text }) =>
    /\b(?:process|Bun)\.env\b|\bimport\.meta\.env\b/.test(codeOf(text)),
  );
  expect(
    readers.map(({ path }) => path).filter((path) => !/^src\/(?:config\.ts|config\/.*|main\.ts)$/.test(path)),
  ).toEqual([]);
});

test(`no file has more than ${MOST_LINES} lines`, () => {
  const lines = (text: string) => text.trimEnd().split("\n").length;
  expect(sources.filter(({ text }) => lines(text) > MOST_LINES).map(({ path }) => path)).toEqual([]);
});

/** Without comments and texts: some show an example that reads the environment. */
const codeOf = (text: string) =>
  text.replace(/\/\*[\s\S]*?\*\/|^\s*\/\/.*$|`[^`]*`|"[^"\n]*"|'[^'\n]*'/gm, "");

describe("what these tests see", () => {
  const file = (path: string, text: string): SourceFile => ({ path, text });

  test.each([
    'import { a } from "../api/stream.ts";',
    'import type { A } from "../api/stream.ts";',
    'import {\n  a,\n  type B,\n} from "../api/stream.ts";',
    'export { a } from "../api/stream.ts";',
    'import "../api/stream.ts";',
    'const { a } = await import("../api/stream.ts");',
    'new Worker(new URL("../api/stream.ts", import.meta.url));',
  ])("an import of a later layer: %s", (text) => {
    expect(forbiddenImports([file("src/core/a.ts", text)])).toEqual([
      "src/core/a.ts imports src/api/stream.ts",
    ]);
    expect(forbiddenImports([file("src/server/a.ts", text)])).toEqual([]);
  });

  test("a layer that knows less than those before it", () => {
    const text = 'import { decode } from "../sse/decode.ts";';
    expect(forbiddenImports([file("src/sandbox/a.ts", text)])).toHaveLength(1);
  });

  test("a circle, through types too, and none in a diamond", () => {
    const to = (...names: string[]) =>
      names.map((name) => `import type { X } from "./${name}.ts";\n`).join("");
    const circle = [file("src/a.ts", to("b")), file("src/b.ts", to("c")), file("src/c.ts", to("a"))];
    expect(importCircles(circle)).toEqual([["src/a.ts", "src/b.ts", "src/c.ts"]]);
    const diamond = [file("src/a.ts", to("b", "c")), file("src/b.ts", to("d")), file("src/c.ts", to("d"))];
    expect(importCircles([...diamond, file("src/d.ts", "")])).toEqual([]);
  });
});
