import { assistant, type Case, longConversation, system, user } from "../case.ts";
import { FILLING } from "./filling.ts";

/** Facts early, corrections late, decisions with reasons, an open question. */
export const harbourMove = (stretch: number): Case => ({
  name: "office move",
  language: "en",
  keepLast: 2,
  messages: longConversation(FILLING.en, 60 * stretch, [
    [
      0,
      [
        system("You help with the move of an office."),
        user(
          "We are moving our office. The project is called Kestrel, I am Maria Oyelaran, and Tomás Beck does the contracts. The budget is 184,500 euros and we want to move on 14 March.",
        ),
        assistant("Noted: project Kestrel, 184,500 euros, 14 March."),
      ],
    ],
    [
      0.1,
      [
        user("The new address is Speicherstraße 27b, second floor. The landlord's reference is LZ-4471-Q."),
        assistant("Speicherstraße 27b, second floor, reference LZ-4471-Q."),
      ],
    ],
    [
      0.3,
      [
        user(
          "Whatever we choose, no supplier may store our data outside the EU. That is a hard rule of ours.",
        ),
        assistant("Understood: no data outside the EU."),
      ],
    ],
    [
      0.5,
      [
        user("We take Nordfracht for the transport, because they insure the servers up to 90,000 euros."),
        assistant("Then it is Nordfracht, for the insurance."),
      ],
    ],
    [
      0.7,
      [
        user("Correction: the board cut the budget. It is 162,000 euros now, no longer what I said."),
        assistant("The budget is 162,000 euros from now on."),
      ],
    ],
    [
      0.8,
      [
        user("And the date has moved as well, because of the lift: 2 April."),
        assistant("The move is on 2 April then."),
      ],
    ],
    [
      0.9,
      [
        user("We still do not know who signs the handover of the old rooms. Please keep that in mind."),
        assistant("I will: who signs the handover of the old rooms is open."),
      ],
    ],
  ]),
  facts: [
    { what: "project", any: ["Kestrel"] },
    { what: "user's name", any: ["Oyelaran"] },
    { what: "who does the contracts", any: ["Tomás Beck", "Tomas Beck"] },
    { what: "budget", any: ["162000"] },
    { what: "date", any: ["2 April", "April 2", "2nd of April", "April 2nd", "02.04"] },
    { what: "address", any: ["Speicherstraße 27b", "Speicherstrasse 27b"] },
    { what: "landlord's reference", any: ["LZ-4471-Q"] },
    {
      what: "constraint",
      any: ["outside the EU", "outside of the EU", "within the EU", "in the EU", "inside the EU"],
    },
    { what: "transport", any: ["Nordfracht"] },
    { what: "reason for it", any: ["90000"] },
    { what: "open question", any: ["handover"] },
  ],
  outdated: [
    { what: "budget", old: ["184500"], current: ["162000"] },
    { what: "date", old: ["14 March", "March 14"], current: ["2 April", "April 2"] },
  ],
});

/** A user's wishes, of which some change. */
export const wedding = (stretch: number): Case => ({
  name: "wedding dinner",
  language: "en",
  messages: longConversation(FILLING.en, 50 * stretch, [
    [
      0,
      [
        user(
          "I am Ines Ferreira and I plan the dinner for my sister's wedding: 84 guests at Villa Carrasco.",
        ),
        assistant("Congratulations! 84 guests at Villa Carrasco."),
      ],
    ],
    [
      0.15,
      [
        user("My sister Lúcia is allergic to hazelnuts, badly. Nothing with hazelnuts, not even traces."),
        assistant("No hazelnuts, not even traces."),
      ],
    ],
    [
      0.25,
      [
        user("Eleven guests are vegan. And please never suggest buffets, we hate them."),
        assistant("Eleven vegan guests, and no buffet."),
      ],
    ],
    [
      0.45,
      [
        user("For the wine we go with the Quinta do Vale 2019, 14.80 a bottle, 60 bottles."),
        assistant("60 bottles of Quinta do Vale 2019 at 14.80."),
      ],
    ],
    [
      0.65,
      [user("Seven more have said yes, so we are 91 and not 84 any more."), assistant("91 guests then.")],
    ],
    [
      0.85,
      [
        user("Should the band play before or after the cake? We never answered that."),
        assistant("That is still open; it depends on the venue's closing time."),
      ],
    ],
  ]),
  facts: [
    { what: "user's name", any: ["Ferreira"] },
    { what: "venue", any: ["Carrasco"] },
    { what: "guests", any: ["91"] },
    { what: "allergy", any: ["hazelnut"] },
    {
      what: "vegans",
      any: [
        "11 vegan",
        "eleven vegan",
        "vegan guests: 11",
        "vegan: 11",
        "11 guests are vegan",
        "eleven guests are vegan",
      ],
    },
    { what: "no buffet", any: ["buffet"] },
    { what: "wine", any: ["Quinta do Vale"] },
    { what: "price", any: ["14.80"] },
    { what: "open question", any: ["band"] },
  ],
  outdated: [{ what: "guests", old: ["84"], current: ["91"] }],
});
