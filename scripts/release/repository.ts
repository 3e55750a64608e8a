/**
 * Where the project lives on GitHub, as `owner/name`: the one place that knows. A release sets `NASH_LLM_REPOSITORY`
 * (GitHub's own `github.repository`); the placeholder stands for it everywhere else.
 */
export const REPOSITORY = process.env["NASH_LLM_REPOSITORY"] || "OWNER/nash-llm";
