import { openai } from "../openai/protocol.ts";
import type { ParsedRequest } from "../parsed-request.ts";
import type { AnswerPart, SandboxProtocol, WholeAnswer } from "../protocol.ts";
import { read } from "./rules.ts";
import { ResponsesWriter } from "./writer.ts";

/** OpenAI's Responses: keys, errors, headers and the list of models are those of its chat completions. */
export const responses: SandboxProtocol = {
  ...openai,
  name: "responses",
  read,
  writer: (parsed) => new ResponsesWriter(parsed),
  whole,
};

function whole(parsed: ParsedRequest, { parts, ending, usage }: WholeAnswer): unknown {
  const writer = new ResponsesWriter(parsed);
  for (const part of parts) writePart(part, writer);
  return writer.whole(ending, usage);
}

function writePart(part: AnswerPart, writer: ResponsesWriter): void {
  switch (part.type) {
    case "call":
      writer.call(part);
      writer.argument(part.arguments);
      break;
    case "text":
      writer.text(part.text);
      break;
    case "refusal":
      writer.refusal(part.text);
      break;
    case "reasoning":
      writer.reasoning(part.text);
      break;
    case "redacted":
      writer.redacted();
      break;
    case "compaction":
      writer.compaction(part.text);
      break;
  }
}
