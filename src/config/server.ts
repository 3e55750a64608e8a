import { type Static, Type } from "@sinclair/typebox";

/**
 * The one list of settings. Flags (`--max-streams`), variables (`NASH_LLM_MAX_STREAMS`), keys of the TOML file
 * (`max-streams`), the help text and docs/settings.md are all made from it. What goes where is in `routing.ts`.
 */
const Seconds = (seconds: number, description: string) =>
  Type.Number({
    minimum: 0.001,
    maximum: 86_400,
    default: seconds,
    description: `${description}, in seconds`,
  });

const Names = (description: string, placeholder: string) =>
  Type.Array(Type.String({ minLength: 1 }), { default: [], description, placeholder });

export const SettingsSchema = Type.Object(
  {
    host: Type.String({ minLength: 1, default: "127.0.0.1", description: "address to listen on" }),
    port: Type.Integer({
      minimum: 0,
      maximum: 65_535,
      default: 8001,
      description: "port to listen on; 0 picks a free one",
    }),
    tokenFile: Type.Optional(
      Type.String({
        description: "file with the token that all requests must carry but those for pages and health",
        placeholder: "file",
      }),
    ),
    heliconeKeyFile: Type.Optional(
      Type.String({
        description: "file with the Helicone key, sent to Helicone's hosts alone",
        placeholder: "file",
      }),
    ),
    allowHost: Names("further name that the Host header may have; without a port, for any port", "name"),
    allowOrigin: Names("further origin whose pages may ask, such as https://app.example", "origin"),
    allowUpstream: Names(
      "host, address or network that may be reached though the address policy says no",
      "where",
    ),
    reasoningCarriers: Type.Boolean({
      default: true,
      description: "let a provider's reasoning travel through clients of another vendor and back",
    }),
    useProxy: Type.Boolean({ default: false, description: "reach providers through HTTP_PROXY and its kin" }),
    sharePort: Type.Boolean({
      default: false,
      description: "let further processes of this user listen on the same port (Linux)",
    }),
    otlpEndpoint: Type.Optional(
      Type.String({
        minLength: 1,
        description: "OpenTelemetry collector that spans and metrics go to, such as http://127.0.0.1:4318",
        placeholder: "url",
      }),
    ),
    maxStreams: Type.Integer({ minimum: 1, default: 10_000, description: "most answers that run at once" }),
    maxBody: Type.Integer({ minimum: 1, default: 33_554_432, description: "largest request, in bytes" }),
    maxLine: Type.Integer({
      minimum: 1024,
      default: 16_777_216,
      description: "longest line or event of a provider, in characters",
    }),
    maxAnswer: Type.Integer({
      minimum: 1024,
      default: 67_108_864,
      description: "longest answer of a provider, in bytes",
    }),
    retries: Type.Integer({
      minimum: 0,
      maximum: 10,
      default: 2,
      description: "most retries, all before the first event",
    }),
    connectTimeout: Seconds(10, "until a provider has accepted the connection"),
    firstEventTimeout: Seconds(300, "until the first event of an answer"),
    gapTimeout: Seconds(120, "between two events of an answer"),
    answerTimeout: Seconds(3600, "for a whole answer"),
    drainTimeout: Seconds(30, "that running answers have to end when the server stops"),
    resumeGrace: Seconds(30, "that a resumable answer waits for somebody to read it"),
    resumeHold: Seconds(120, "that a resumable answer is held after its end"),
    resumeAnswerBytes: Type.Integer({
      minimum: 1024,
      default: 4_194_304,
      description: "most bytes of one resumable answer that are held",
    }),
    resumeBytes: Type.Integer({
      minimum: 0,
      default: 67_108_864,
      description: "most bytes of all resumable answers together; 0: there are none",
    }),
    drainDelay: Type.Number({
      minimum: 0,
      maximum: 3600,
      default: 0,
      description:
        "from being told to stop until requests are refused, for balancers that ask /ready; in seconds",
    }),
    logLevel: Type.Union(
      ["debug", "info", "warn", "error", "silent"].map((level) => Type.Literal(level)),
      {
        default: "info",
        description: "how much to log on stderr: debug, info, warn, error or silent",
        placeholder: "level",
      },
    ),
    detect: Type.Boolean({ default: true, description: "look for model servers on this machine" }),
    ledger: Type.Optional(
      Type.String({
        pattern: "^(?:sqlite:.+|postgres(?:ql)?://.+)$",
        description:
          "database that gets a row for each request: sqlite:FILE or postgres://USER@HOST/DATABASE",
        placeholder: "where",
      }),
    ),
    ledgerPasswordFile: Type.Optional(
      Type.String({ description: "file with the password of a PostgreSQL ledger", placeholder: "file" }),
    ),
    quiet: Type.Boolean({ default: false, description: "print nothing at the start" }),
    readyJson: Type.Boolean({
      default: false,
      description: "print one line of JSON on stdout when it listens: url, port, pid, version",
    }),
    exitWithParent: Type.Boolean({
      default: false,
      description: "stop when the program that started it is gone",
    }),
  },
  { additionalProperties: false },
);

export type Settings = Static<typeof SettingsSchema>;
