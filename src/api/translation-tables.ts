import { ANTHROPIC_TABLE } from "./anthropic/translation.ts";
import { CHAT_TABLE } from "./openai-chat/translation.ts";
import { RESPONSES_TABLE } from "./openai-responses/translation.ts";
import type { TranslationTable } from "./translation-table.ts";

/** The tables of all dialects, in the order of the page. */
export const TRANSLATION_TABLES: readonly TranslationTable[] = [CHAT_TABLE, ANTHROPIC_TABLE, RESPONSES_TABLE];
