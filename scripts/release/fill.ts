/**
 * Fills the words between @ of a template: `@VERSION@`, `@SHA256:nash-llm-linux-x64.tar.gz@`.
 * @throws for a word that there is no value for
 */
export function fill(template: string, values: Readonly<Record<string, string>>): string {
  return template.replace(/@([A-Z][A-Z0-9_]+(?::[\w.-]+)?)@/g, (_, word: string) => {
    const value = values[word];
    if (value === undefined) throw new Error(`nothing to put in the place of @${word}@`);
    return value;
  });
}
