/** By which providers tell that a prompt is too long for the model: every one of them has other words. */

/** Codes, as `codeWord` writes them. */
const OVERFLOW_CODES: readonly string[] = [
  "context_length_exceeded", // OpenAI, Azure, Groq, Cerebras
  "exceed_context_size_error", // llama.cpp
  "too_many_prompt_tokens", // Perplexity
  "too_many_tokens", // Cohere
  "model_max_prompt_tokens_exceeded", // GitHub Copilot
  "context_window_exceeded", // proxies
  "context_window_exceeded_error", // LiteLLM
  "context_length_error",
  "context_overflow",
  "prompt_too_long",
  "input_too_long",
  "max_context_length_exceeded",
  "input_token_limit_exceeded",
  "string_above_max_length", // OpenAI, of a message of more than a MiB
  "minimax_1039", // https://platform.minimax.io/docs/api-reference/errorcode
  "1261", // Zhipu: https://docs.bigmodel.cn/cn/faq/api-code
  "336103", // Baidu
];

/** A number of tokens, as it may be written. */
const N = String.raw`[\d,._ ]*\d`;
/** What is too long. */
const PROMPT =
  "(?:(?:input|prompt|user|decoder|encoder|total|estimated|chat|your|the|conversation)[ _-])*(?:prompts?|inputs?|messages?|conversation|chat history|request|context|content|tokens?|text|question|query|sequence)";
/** What it is too long for. */
const WINDOW =
  "(?:(?:model'?s?|maximum|max|available|supported|allowed|total|input|prompt|context|token|tokens|configured|n_ctx|the|its|this|of|for|a)[ _-])*(?:context|window|token limit|tokens limit|n_ctx|max_model_len|max_seq_len|max_position_embeddings|prompt length|input length|model length|sequence length|context[_ ]?(?:length|size|window|limit))";

const OVERFLOW_WORDS: readonly RegExp[] = [
  // Anthropic, Fireworks, Ollama, Bedrock ("Input is too long for requested model"), vLLM, AI21, Tencent, MLX
  new RegExp(
    `${PROMPT} (?:\\([^)]*\\) )?(?:is |are |was |has become |length )?(?:much |far )?too (?:long|large|big) ?(?!for (?:a )?(?:file|upload|url|field))(?!.*bytes)`,
    "i",
  ),
  /prompt too long|too many (?:input |prompt |total )?tokens(?!.*(?:per|\/) ?(?:min|sec|day|hour))/i,
  // OpenAI, DeepSeek, OpenRouter ("maximum context length is N tokens"), xAI ("maximum prompt length is"), vLLM
  /(?:maximum|max) (?:allowed |supported )?(?:context|prompt|model|sequence|input)(?: window)? (?:length|size)/i,
  /context (?:length|window|size)(?: is)? (?:only|just) |model'?s context (?:length|window|size)/i,
  // SGLang, llama.cpp, Anthropic ("exceed context limit"), MiniMax ("context window exceeds limit"), Ollama, Responses
  new RegExp(
    `(?:exceed(?:s|ed|ing)?|longer than|larger than|greater than|bigger than|more than|over|beyond|surpass(?:es|ed)?|overflow(?:s|ed)?|outside|not fit(?: in(?:to)?| within)?) (?:the )?${WINDOW}`,
    "i",
  ),
  /context[_ ](?:length|window|size|limit)(?:[_ ](?:limit|of [\w ,.]+|was|is|has been|tokens?)){0,3}[_ ](?:exceed(?:s|ed)?|overflow|reached|full)|context (?:overflow|is full|limit reached)|context the overflows|mid-generation context overflow/i,
  // Google, Vertex, Copilot, watsonx, Databricks: a count of tokens that exceeds, or is too much for, something
  /(?:input|prompt|request|message|total|the number of input|number of input)[ _]?tokens?[ _]?(?:count)?(?:[ \w():,.-]{0,60}?)(?:exceed|is too|only supports|cannot exceed|is greater|is larger|is more)/i,
  /(?:input|prompt) (?:token )?(?:count|length)(?: \(?[\d,]+\)?)?(?: of [\d,]+)?(?: tokens)? (?:exceeds|is over|is above|is longer|is greater|is larger|must be|should be|cannot)/i,
  /input tokens exceed/i,
  // TGI, Together, Hugging Face: "`inputs` must have less than N tokens", "`inputs` tokens + `max_new_tokens` must be <= N"
  /must have (?:less|fewer) than [\d,]+ (?:input )?tokens|`?inputs?`? tokens \+ `?max_new_tokens`?|input(?:s)? \+ max(?:_new)?_tokens/i,
  // Dashscope: "Range of input length should be [1, 30720]"
  /range of input length/i,
  // Moonshot, Volcengine, Writer, Snowflake: a limit of tokens of the model
  /exceed\w* (?:the )?(?:model(?:'s)? |max(?:imum)? |allowed |input |prompt |message )*(?:token|tokens|message tokens)(?: limit| length|: | \()|exceed\w* (?:the )?max(?:imum)? (?:number of )?(?:input |prompt |message )?tokens|token limit exceeded|max(?:imum)? (?:prompt |input )?tokens (?:of [\d,]+ )?exceeded/i,
  // SGLang: "Requested token count exceeds"; Cohere: "total number of tokens in the prompt cannot exceed"
  /(?:requested token count|number of tokens(?: in the (?:prompt|input|messages?))?)[^.]{0,60}(?:exceed|greater than|more than|longer)/i,
  // Groq, Cerebras, OpenAI: "Please reduce the length of the messages or completion"
  /(?:reduce|shorten|decrease|trim) (?:the )?(?:length|size|number) of (?:the |your )?(?:input|prompt|messages?|conversation|tokens|context|either)|(?:shorten|reduce) (?:your|the) (?:prompt|input|conversation|context)/i,
  // Mistral: "Prompt contains N tokens …, too large for model with M maximum context length"; vLLM: "longer than the maximum model length"
  new RegExp(
    `prompt contains ${N} tokens|longer than the (?:maximum )?(?:model|context|allowed|supported)|(?:prompt|input|sequence|context) length ?(?:\\(?${N}\\)?|of ${N})? ?(?:tokens )?(?:exceeds|is (?:greater|longer|larger|more) than|>)`,
    "i",
  ),
  // TensorRT-LLM, TabbyAPI, Baidu: the limit by its own name
  /(?:exceeds?|greater than|longer than|larger than|>|over) (?:the )?`?(?:max_num_tokens|max_input_len(?:gth)?|max_seq_len(?:gth)?|max_model_len|n_ctx|num_ctx|max_prompt_tokens|max_input_tokens|context_length|max_context_length|max_total_tokens)/i,
  /max(?:imum)? (?:length of (?:the )?(?:current )?(?:question|input|prompt)|input characters|input tokens?)(?: is|:)/i,
  // Together; Docker Model Runner; Zhipu
  /tokens in request more than max tokens|(?:configured|available) context size is|prompt exceeds max/i,
  // A number of tokens that something of the prompt's exceeds
  /(?:prompt|inputs?|messages?|conversation|context|request)[^.]{0,40}(?:exceed(?:s|ed)?|over|above|beyond) (?:the )?(?:maximum of |limit of |limit )?[\d,]+ ?tokens|tokens in (?:the |your )?(?:prompt|input|messages?)[^.]{0,20}exceed|too long (?:an? )?(?:input|prompt)|n_ctx[^.]{0,20}exceed|input length of input_ids/i,
  // Cloudflare: "… exceeded this model context window limit"
  /exceed\w* this model(?:'s)? context/i,
  // SiliconFlow, ds4 and others: what is too long with its number, or a limit of it
  /(?:length of )?(?:prompt|input)[_ ]?tokens(?: \([\d,]+\))? (?:must|should|has to) be (?:less|fewer|smaller|at most)|\b(?:input|prompt)s? exceeds? the max(?:imum)?(?: allowed)? length/i,
  /(?:cannot|can't|could not|unable to|does not|won't) fit [^.]{0,40}(?:prompt|input|tokens)[^.]{0,20} (?:context|window)|max(?:imum)? number of (?:input|prompt) tokens/i,
  /(?:prompt|input|request|conversation|messages?) (?:has|have|is|contains?|of) [\d,]+ (?:input |prompt )?tokens[^.]{0,30}(?:limit|maximum|more than|max\b|>)|token count(?: of)? [\d,]+ (?:is (?:larger|greater|more|over)|exceeds)/i,
  /(?:input|prompt) tokens \([\d,]+\) ?\+ ?max_/i,
  // Chinese providers: too long a prompt, input, context
  /(?:prompt|输入|提示词?|上下文|消息|tokens?)[^。,]{0,20}(?:超长|过长|太长|超出|超过|超限)|(?:超出|超过)[^。,]{0,12}(?:上下文|最大长度|最大输入|最大 ?tokens?|token ?限制|长度限制)/i,
];

/** A limit of speed has the same words, and one of the answer's length is no matter of the prompt. */
const NOT_THE_PROMPT: readonly RegExp[] = [
  /\b(?:per|a|each|every)[ -](?:min(?:ute)?|second|hour|day|month)\b|\/ ?min|\bTP[MD]\b|\bRP[MD]\b|rate[ _-]?limit|too many requests|quota|concurren/i,
  /^(?!.*(?:input|prompt|message|context))[^.]*\b(?:max_(?:completion_|output_|new_)?tokens|(?:completion|output) tokens)\b/i,
  /context (?:deadline|cancell?ed)|throttl|please wait|slow down/i,
];

/** Nothing was left for the answer: vLLM behind routers, LMDeploy. */
const NOTHING_LEFT =
  /\bmax_(?:completion_|new_|output_)?tokens\b[^.]{0,60}(?:got|given|value|received|not)[ :=]*-\d/i;

/** Codes that nobody has documented yet. */
const OVERFLOW_CODE =
  /(?:context|prompt|input)(?:_(?:size|length|window|limit|tokens?))*_(?:exceeded|overflow|too_long|too_large)/;

/** Whether a code of an error, as `codeWord` writes it, says that the prompt is too long. */
export function isOverflowCode(code: string): boolean {
  return OVERFLOW_CODES.includes(code) || OVERFLOW_CODE.test(code);
}

/** Whether words of an error say that the prompt is too long. */
export function saysOverflow(message: string): boolean {
  if (NOTHING_LEFT.test(message)) return true;
  if (NOT_THE_PROMPT.some((pattern) => pattern.test(message))) return false;
  return OVERFLOW_WORDS.some((pattern) => pattern.test(message));
}
