/** What the program says to the shell (docs/settings.md). */
export const EXIT = {
  done: 0,
  /** An internal fault, or the server could not start. */
  failed: 1,
  /** Wrong use or settings. */
  usage: 2,
  noProvider: 3,
  keyRefused: 4,
  limited: 5,
  unreachable: 6,
  broken: 7,
  interrupted: 130,
} as const;

/** Something that whoever started the program can put right. The message is all that is shown. */
export class UsageError extends Error {
  override readonly name = "UsageError";
  readonly exitCode: number;

  constructor(message: string, exitCode: number = EXIT.usage) {
    super(message);
    this.exitCode = exitCode;
  }
}
