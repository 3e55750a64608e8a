/** Events of Anthropic's protocol, for streams of odd shapes. */

export const START = {
  type: "message_start",
  message: {
    id: "m1",
    model: "m",
    role: "assistant",
    content: [],
    usage: { input_tokens: 5, output_tokens: 1 },
  },
};
export const block = (text: string, index = 0) => ({
  type: "content_block_start",
  index,
  content_block: { type: "text", text },
});
export const delta = (text: string, index = 0) => ({
  type: "content_block_delta",
  index,
  delta: { type: "text_delta", text },
});
export const stop = (index = 0) => ({ type: "content_block_stop", index });
export const END = [
  { type: "message_delta", delta: { stop_reason: "end_turn" }, usage: { output_tokens: 2 } },
  { type: "message_stop" },
];
