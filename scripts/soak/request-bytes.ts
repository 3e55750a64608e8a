/** The requests of the soak, as bytes. */

import { CHAT, chatBody } from "../../tests/support/answers.ts";
import type { Stage } from "./setup.ts";

export interface Asked {
  /** What the provider does. */
  readonly play: string;
  readonly option?: number;
  readonly path?: string;
  readonly model?: string;
  readonly messages?: readonly unknown[];
}

/** A request for a script of the provider; `{id}` in it is filled in by the client. */
export function requestFor(stage: Pick<Stage, "program" | "providerPort">, asked: Asked) {
  const { play, option = 0, path = CHAT, model = "any", messages } = asked;
  const url = `http://127.0.0.1:${stage.providerPort}/${play}/{id}/${option}/v1`;
  const body = JSON.stringify(chatBody(url, model, messages === undefined ? {} : { messages }));
  return { port: stage.program.port, request: rawPost(stage.program.port, path, body) };
}

/** How much longer `{id}` is once it is filled in. */
const GROWTH = "000000000".length - "{id}".length;

export function rawPost(port: number, path: string, body: string, length?: number): string {
  const size = length ?? Buffer.byteLength(body) + (body.includes("{id}") ? GROWTH : 0);
  return `POST ${path} HTTP/1.1\r\nhost: 127.0.0.1:${port}\r\ncontent-type: application/json\r\ncontent-length: ${size}\r\n\r\n${body}`;
}

export function rawGet(port: number, path: string): string {
  return `GET ${path} HTTP/1.1\r\nhost: 127.0.0.1:${port}\r\n\r\n`;
}
