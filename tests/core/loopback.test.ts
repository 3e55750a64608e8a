import { expect, test } from "bun:test";
import { isLoopbackHost } from "../../src/core/loopback.ts";

test.each([
  "localhost",
  "LOCALHOST",
  "localhost.",
  "app.localhost",
  "a.b.localhost",
  "127.0.0.1",
  "127.255.1.9",
  "::1",
  "[::1]",
])("%s is loopback", (host) => {
  expect(isLoopbackHost(host)).toBe(true);
});

test.each([
  "",
  ".localhost",
  "evil-localhost",
  "localhost.evil.example",
  "127.0.0.1.evil.example",
  "127.evil.example",
  "127.1",
  "128.0.0.1",
  "0.0.0.0",
  "::",
  "[::2]",
  "10.0.0.1",
  "localhost:80",
])("%s is not", (host) => {
  expect(isLoopbackHost(host)).toBe(false);
});
