/**
 * Loaded by a test before the program: the first attempt to load what renders the metrics fails, as it may where files
 * or memory run out, and is told on stderr.
 */

import { plugin } from "bun";

let attempts = 0;
plugin({
  name: "refused load",
  setup(build) {
    build.onLoad({ filter: /\bprometheus\.ts$/ }, async ({ path }) => {
      if (attempts++ > 0) return { contents: await Bun.file(path).text(), loader: "ts" };
      process.stderr.write("refused\n");
      throw new Error("something of our own");
    });
  },
});
