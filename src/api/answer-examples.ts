/** What the demo answers to the examples of bodies, in the form of each dialect: for `/openapi.json`, and held to by a test. */

const TEXT =
  "[demo] Hello! This is a scripted reply, really streamed. No language model is behind this: the words were written beforehand and only the path they take is real. Ask me for a summary of our conversation; I do it by picking out sentences.";

export const CHAT_COMPLETION_EXAMPLE = {
  id: "chatcmpl-a8911e57084f45e5b1746b5b",
  object: "chat.completion",
  created: 1795707205,
  model: "demo",
  choices: [
    {
      index: 0,
      message: { role: "assistant", content: TEXT, refusal: null, annotations: [] },
      logprobs: null,
      finish_reason: "stop",
    },
  ],
  usage: {
    prompt_tokens: 2,
    completion_tokens: 44,
    total_tokens: 46,
    prompt_tokens_details: { cached_tokens: 0, cache_write_tokens: 0, audio_tokens: 0 },
    completion_tokens_details: {
      reasoning_tokens: 0,
      audio_tokens: 0,
      accepted_prediction_tokens: 0,
      rejected_prediction_tokens: 0,
    },
  },
  service_tier: "default",
  system_fingerprint: "fp_sandbox",
};

export const RESPONSE_EXAMPLE = {
  id: "resp_86a07a4d5576e00156ba29d8545856b6",
  object: "response",
  created_at: 1795707205,
  status: "completed",
  completed_at: 1795707207,
  error: null,
  incomplete_details: null,
  model: "demo",
  output: [
    {
      id: "msg_86a07a4d5576e00156ba29d8545856b6_0",
      type: "message",
      status: "completed",
      role: "assistant",
      content: [{ type: "output_text", text: TEXT, annotations: [], logprobs: [] }],
    },
  ],
  usage: {
    input_tokens: 2,
    input_tokens_details: { cached_tokens: 0, cache_write_tokens: 0 },
    output_tokens: 44,
    output_tokens_details: { reasoning_tokens: 0 },
    total_tokens: 46,
  },
  background: false,
  instructions: null,
  max_output_tokens: null,
  max_tool_calls: null,
  metadata: {},
  parallel_tool_calls: true,
  previous_response_id: null,
  reasoning: { effort: null, summary: null },
  safety_identifier: null,
  service_tier: "default",
  prompt_cache_key: null,
  store: false,
  temperature: 1,
  text: { format: { type: "text" } },
  tool_choice: "auto",
  tools: [],
  top_logprobs: 0,
  top_p: 1,
  presence_penalty: 0,
  frequency_penalty: 0,
  truncation: "disabled",
  user: null,
};

export const COMPACTION_EXAMPLE = {
  id: "resp_8101bec004064d50b5d7b7b1bbc81f3d",
  object: "response.compaction",
  created_at: 1795707208,
  output: [
    {
      id: "msg_8101bec004064d50b5d7b7b1bbc81f3d_0",
      status: "completed",
      role: "user",
      content: [{ type: "input_text", text: "Hello" }],
      type: "message",
    },
    {
      id: "cmp_8101bec004064d50b5d7b7b1bbc81f3d",
      type: "compaction",
      encrypted_content:
        "nash1:eyJ0Ijoic3VtbWFyeSIsInRleHQiOiJbZGVtb10gU3VtbWFyeSBwaWNrZWQgb3V0IGJ5IGEgc2NyaXB0LCBub3QgYnkgYSBsYW5ndWFnZSBtb2RlbC5cblNhaWQ6XG4tIFVzZXI6IEhlbGxvIn0=",
    },
  ],
  usage: null,
};

export const MESSAGE_EXAMPLE = {
  id: "msg_76860db97ca479d63be470e8b3cc0094",
  type: "message",
  role: "assistant",
  model: "demo",
  content: [{ type: "text", text: TEXT }],
  stop_reason: "end_turn",
  stop_sequence: null,
  usage: {
    input_tokens: 2,
    output_tokens: 44,
    cache_creation_input_tokens: 0,
    cache_read_input_tokens: 0,
    cache_creation: { ephemeral_5m_input_tokens: 0, ephemeral_1h_input_tokens: 0 },
    service_tier: "standard",
  },
};
