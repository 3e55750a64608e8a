export type Alignment = "left" | "center" | "right" | undefined;

/** A part of a text that stands by itself. */
export type Block =
  | { readonly type: "paragraph"; readonly text: string }
  | { readonly type: "heading"; readonly level: number; readonly text: string }
  | { readonly type: "code"; readonly language: string; readonly text: string }
  | { readonly type: "quote"; readonly blocks: readonly Block[] }
  | {
      readonly type: "list";
      readonly start: number | undefined;
      readonly items: readonly (readonly Block[])[];
    }
  | {
      readonly type: "table";
      readonly head: readonly string[];
      readonly rows: readonly (readonly string[])[];
      readonly align: readonly Alignment[];
    }
  | { readonly type: "rule" };

/** What was read, and the line after it. */
export interface Read<T extends Block = Block> {
  readonly block: T;
  readonly next: number;
}

export function isBlank(line: string | undefined): boolean {
  return line === undefined || line.trim() === "";
}
