import { assistant, type Case, longConversation, user } from "../case.ts";
import { FILLING } from "./filling.ts";

const CODE = `export async function drainQueue(limit = 250) {
  const batch = await store.take(limit, { visibility: 45_000 });
  for (const job of batch) await handlers[job.kind]?.(job.payload);
  return batch.length;
}`;

/** Identifiers, versions and settings, exactly as they were. */
export const debugging = (stretch: number): Case => ({
  name: "debugging",
  language: "en",
  messages: longConversation(FILLING.en, 40 * stretch, [
    [
      0,
      [
        user(
          `Our worker loses jobs. This is the function:\n\n\`\`\`ts\n${CODE}\n\`\`\`\n\nIt runs on Bun 1.4.5 with Valkey 8.2.`,
        ),
        assistant(
          "If a handler throws, the rest of the batch is never handled, and `drainQueue` hides which job it was.",
        ),
      ],
    ],
    [
      0.2,
      [
        user("The error is EQUEUE_STALE with the code 5017, always from the host worker-ams-03."),
        assistant(
          "EQUEUE_STALE, 5017, on worker-ams-03: the visibility of 45 s is too short for the slowest handler.",
        ),
      ],
    ],
    [
      0.4,
      [
        user("We first thought of raising the visibility to 90 s, and I did that in commit 4f9c2ab."),
        assistant("Then 4f9c2ab sets it to 90 s."),
      ],
    ],
    [
      0.6,
      [
        user(
          "That was not enough. We now renew it with `extendLease(job.id, 30_000)` every 10 s, and set it back to 45 s. That is decided.",
        ),
        assistant("Decided: `extendLease` every 10 s, and the visibility is 45 s again."),
      ],
    ],
    [
      0.75,
      [
        user("No new dependencies, please: the security team signs off every package and takes weeks."),
        assistant("No new dependencies."),
      ],
    ],
    [
      0.9,
      [
        user("Why only worker-ams-03 is hit is still a riddle to me."),
        assistant("To me too; its clock is the first thing that I would compare."),
      ],
    ],
  ]),
  facts: [
    { what: "function", any: ["drainQueue"] },
    { what: "runtime", any: ["Bun 1.4.5"] },
    { what: "store", any: ["Valkey 8.2"] },
    { what: "error", any: ["EQUEUE_STALE"] },
    { what: "error's code", any: ["5017"] },
    { what: "host", any: ["worker-ams-03"] },
    { what: "commit", any: ["4f9c2ab"] },
    { what: "fix", any: ["extendLease"] },
    { what: "constraint", any: ["no new dependenc", "no dependenc", "dependenc"] },
  ],
  outdated: [{ what: "visibility", old: ["90 s", "90s"], current: ["45 s", "45s", "45000"] }],
});

/** A conversation that was summarized before: what only the earlier summary knows must not be lost. */
export const secondSummary = (stretch: number): Case => ({
  name: "second summary",
  language: "en",
  messages: [
    assistant(
      "Previous conversation summary:\n" +
        "Facts: The user is Amara Nwosu, head of the library in Ballycastle. The new catalogue is called Lantern; its contract number is CN-20931. 41,200 books are to be labelled, at 0.37 euros each.\n" +
        "Decisions: Labelling begins in the children's section, because it is the smallest.\n" +
        "Wishes and limits: The library must never close on Saturdays.\n" +
        "Open: Whether the old card index is kept.",
    ),
    ...longConversation(FILLING.en, 40 * stretch, [
      [
        0.2,
        [
          user("The printer of the labels is Fenwick & Sons, and their man is Colm Darragh."),
          assistant("Fenwick & Sons, Colm Darragh."),
        ],
      ],
      [
        0.5,
        [
          user("They have raised the price to 0.41 euros a label. We accept that."),
          assistant("0.41 euros a label, accepted."),
        ],
      ],
      [
        0.8,
        [
          user("And the old card index is kept after all, in the reading room."),
          assistant("The card index stays, in the reading room."),
        ],
      ],
    ]),
  ],
  facts: [
    { what: "user's name", any: ["Nwosu"] },
    { what: "place", any: ["Ballycastle"] },
    { what: "catalogue", any: ["Lantern"] },
    { what: "contract", any: ["CN-20931"] },
    { what: "books", any: ["41200"] },
    { what: "price", any: ["0.41"] },
    { what: "where it begins", any: ["children"] },
    { what: "limit", any: ["Saturday"] },
    { what: "printer", any: ["Fenwick"] },
    { what: "printer's man", any: ["Darragh"] },
    { what: "card index", any: ["reading room"] },
  ],
  outdated: [{ what: "price", old: ["0.37"], current: ["0.41"] }],
});
