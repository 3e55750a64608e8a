/**
 * Lays out what npm publishes, from the programs that `build.ts --all` has made:
 *
 *   bun scripts/npm-packages.ts   dist/npm/@nash-llm/<machine> and dist/npm/nash-llm
 *
 * It prints the folders in the order of publishing.
 */
import { join } from "node:path";
import { description, version } from "../package.json";
import { buildClient } from "./release/client.ts";
import { layOutPackages } from "./release/npm.ts";
import { REPOSITORY } from "./release/repository.ts";

const DIST = join(import.meta.dir, "../dist");

const folders = layOutPackages({
  dist: DIST,
  out: join(DIST, "npm"),
  version,
  description,
  repository: REPOSITORY,
  buildClient,
});
console.log(folders.join("\n"));
