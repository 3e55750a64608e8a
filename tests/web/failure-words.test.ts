import { expect, test } from "bun:test";
import { NashError } from "../../src/client/index.ts";
import { FAILURE_STATUS, type FailureType } from "../../src/core/failure.ts";
import { shownFailure, wordsFor } from "../../src/web/chat/failure-words.ts";

const TYPES = Object.keys(FAILURE_STATUS) as FailureType[];

test.each(TYPES)("%s is told in whole sentences, with what to do next", (type) => {
  const { title, advice } = wordsFor({ type, message: "" });
  expect(title).toMatch(/^[A-Z].*\.$/);
  expect(advice).toMatch(/^[A-Z].*[.?]$/);
});

test("a server that does not answer is not taken for a provider that does not", () => {
  const gone = shownFailure(new NashError({ type: "network", message: "gone" }));
  const refused = shownFailure(
    new NashError({ type: "network", message: "refused", status: 502, requestId: "r" }),
  );
  expect(wordsFor(gone).title).toContain("nash-llm");
  expect(wordsFor(refused).title).toContain("provider");
});

test("what a newer server calls a failure is still told", () => {
  const failure = shownFailure(
    new NashError({ type: "brand_new" as FailureType, message: "Something new." }),
  );
  expect(failure).toMatchObject({ type: "internal", message: "Something new." });
});
