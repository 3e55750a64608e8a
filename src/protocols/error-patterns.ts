import type { ErrorReport } from "./error-report.ts";

/** Codes and sentences of one meaning. Codes are as `codeWord` writes them: lower case, parts joined by `_`. */
export interface Words {
  readonly codes: RegExp;
  readonly sentences: RegExp;
}

/** Whether one of the codes, or the message, has a meaning. */
export function says(words: Words, { codes = [], message = "" }: Partial<ErrorReport>): boolean {
  return codes.some((code) => words.codes.test(code)) || (message !== "" && words.sentences.test(message));
}

/** What carries a secret, in all its names. "Token" alone is mostly one of a model's. */
const SECRET =
  "(?:api[ _-]?(?:key|token|secret)s?|x-api-key|subscription key|access (?:key|token)|auth(?:entication|orization)? (?:token|key|header|credentials?)|bearer(?: token)?|credentials?|secret key|security token|signature|jwt|密钥|令牌)";

/** A key that is refused. Errs towards other types: a model or a region that a key may not use is no refused key. */
export const KEY: Words = {
  // OpenAI, Google, Anthropic, Dashscope, AWS, OpenRouter; MiniMax and Zhipu by number
  codes:
    /^(?:invalid_api_key|api_key_invalid|invalid_key|authentication_error|authentication_failed|unauthenticated|unauthorized|invalid_authentication|invalid_token|invalid_access_token|token_expired|expired_token(?:_exception)?|unrecognized_client_exception|invalid_signature_exception|incorrect_api_key|missing_api_key|no_api_key|api_key_(?:missing|expired|disabled|not_found)|invalid_credentials|auth_error|authorization_failed|minimax_1004|minimax_2049|100[0-4])$/,
  sentences: new RegExp(
    [
      `\\b(?:incorrect|invalid|missing|expired|wrong|bad|unknown|malformed|revoked|no|unrecognized) (?:or \\w+ )?(?:\\w+ )?${SECRET}`,
      `${SECRET}(?: \\S+){0,4}? (?:(?:is|are|was|has been|have been) )?(?:not valid|invalid|incorrect|not found|missing|expired|required|revoked|disabled|deactivated|deleted|suspended|wrong|malformed|rejected|does not exist|无效|错误|过期)`,
      "(?:authentication|authorization|authorisation) (?:has )?(?:failed|error|required|failure)|failed to authenticate|not authenticated|could not (?:validate|verify|authenticate)|^unauthori[sz]ed|^unauthenticated",
      "token (?:has |is )?(?:expired|invalid|not valid|revoked)|invalid (?:user |api |auth |personal )?token\\b|user not found|login (?:is )?required|令牌无效|身份验证失败|鉴权失败|无效的",
      "(?:provide|supply|pass|include|set) (?:an? |your )?(?:valid )?api[ _-]?key",
    ].join("|"),
    "i",
  ),
};

/** An account that is empty, or has used up what it may. */
export const QUOTA: Words = {
  // OpenAI, Anthropic, DeepSeek, Cerebras, Dashscope; MiniMax and Zhipu by number
  codes:
    /insufficient_(?:user_)?(?:quota|balance|credits?|funds)|credit|billing|spend_limit|arrear|balance|payment_required|quota_(?:reached|exhausted|used_up)|(?:monthly|daily|token|user|usage|account)_(?:quota|limit_reached)|usage_limit_(?:reached|exceeded)|out_of_(?:credits|quota)|^minimax_(?:1008|2056)$|^1113$/,
  sentences:
    /(?:insufficient|not enough|no|low|zero|negative|inadequate) (?:account )?(?:balance|quota|credits?|funds)|(?:balance|credits?|funds|quota)(?: \w+)? (?:is |are |has been |have been |was )?(?:too low|insufficient|not enough|exhausted|depleted|used up|empty|reached|expired)|credit balance|check your plan and billing|(?:monthly|account|spending|usage|subscription) (?:quota|spend|credits?)|run out of credits|key limit exceeded|out of credits|exceeded your (?:current |monthly )?(?:quota|credits?|spend)|recharge|top up|overdue payment|in arrears|payment required|余额不足|欠费|额度不足/i,
};

/** A limit of speed. */
export const RATE: Words = {
  codes:
    /rate_?limit|too_?many_?requests|slow_down|throttl|resource_exhausted|requests_per|concurren|^minimax_1002$|^130[2-5]$/,
  sentences:
    /\b(?:tokens|requests)[ -](?:per|\/)[ -]?(?:min|minute|second|hour|day)\b|\b(?:TPM|RPM|TPD|RPD)\b|rate[ _-]?limit|too many requests|请求过于频繁|限流/i,
};

/** A prompt or an answer that a filter does not let pass. */
export const FILTER: Words = {
  // OpenAI, Azure, Dashscope, Bedrock, Gemini; MiniMax and Zhipu by number
  codes:
    /content_?filter|responsible_?ai_?policy|content_policy|data_inspection_failed|content_moderation|moderation_blocked|guardrail|^safety$|prohibited_content|^blocklist$|^minimax_102[67]$|^1301$/,
  sentences:
    /content (?:management|usage|filtering|moderation|safety) policy|requires moderation|(?:was|been|is) (?:flagged|blocked by (?:our |the )?(?:content|safety))|inappropriate content|violat\w+ (?:our |the |of )?(?:content|usage|safety)|sensitive content|敏感/i,
};

export const MISSING: Words = {
  codes:
    /^(?:model_?not_?found|not_?found(?:_error)?|model_does_not_exist|resource_not_found(?:_exception)?|1211)$/,
  sentences: /$^/,
};

export const PERMISSION: Words = {
  codes: /^(?:permission_(?:error|denied)|access_denied(?:_exception)?|model_access_denied|forbidden)$/,
  sentences: /$^/,
};

/** For errors inside a stream, which carry no status of their own (docs/providers.md 1.3). First match wins. */
const STATUS_OF_CODE: readonly (readonly [RegExp, number])[] = [
  [
    /rate_?limit|quota|slow_down|too_?many_?requests|resource_exhausted|throttl|^minimax_1002$|^130[2-5]$/,
    429,
  ],
  [/authentication|unauthorized|invalid_api_key|unauthenticated/, 401],
  [/permission|forbidden|access_denied/, 403],
  [/not_?found|does_not_exist|^1211$/, 404],
  [/overload|unavailable|^minimax_(?:1024|1033)$/, 503],
  [/time_?d?_?out|deadline|^minimax_1001$/, 504],
  [/too_large/, 413],
  [/billing|payment|credit|balance|arrear/, 402],
  [/invalid|bad_?request|context_length|unsupported|validation|^minimax_2013$|^12\d\d$/, 400],
];

/** The HTTP status that codes stand for, where the error has none. */
export function statusOfCode(codes: readonly string[]): number | undefined {
  for (const [word, status] of STATUS_OF_CODE) if (codes.some((code) => word.test(code))) return status;
  return undefined;
}
