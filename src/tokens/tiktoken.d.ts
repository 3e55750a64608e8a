/** A vocabulary of gpt-tokenizer, imported `with { type: "file" }`: its path, inside the binary when compiled. */
declare module "*.tiktoken" {
  const path: string;
  export = path;
}
