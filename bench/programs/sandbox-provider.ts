import { Child } from "../process.ts";
import { openAiRequest, type Program, type Running } from "./bench-program.ts";
import { commandOf } from "./nash.ts";

/** The provider, in a process of its own: nash-llm's sandbox. Asked without a relay it is the zero of every scale. */
export function sandbox(path: string): Program {
  return {
    name: "no relay",
    about: "the load generator asks the provider itself",
    missing: () => undefined,
    async start(): Promise<Running> {
      const child = new Child([...commandOf(path), "sandbox", "--port", "0"], { stdout: "pipe" });
      return { child, port: await child.printedPort(), health: "/", request: openAiRequest };
    },
  };
}
