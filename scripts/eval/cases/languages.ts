import { assistant, type Case, longConversation, user } from "../case.ts";
import { FILLING } from "./filling.ts";

export const flat = (stretch: number): Case => ({
  name: "Wohnung (German)",
  language: "de",
  messages: longConversation(FILLING.de, 40 * stretch, [
    [
      0,
      [
        user("Ich heiße Henrike Vogelsang und suche eine Wohnung in Göttingen, höchstens 950 Euro warm."),
        assistant("Gut, Göttingen, bis 950 Euro warm."),
      ],
    ],
    [
      0.2,
      [
        user(
          "Erdgeschoss kommt auf keinen Fall in Frage, und ich habe einen Hund, einen Dackel namens Bruno.",
        ),
        assistant("Kein Erdgeschoss, und Bruno der Dackel kommt mit."),
      ],
    ],
    [
      0.4,
      [
        user("Die Besichtigung ist am 9. Februar um 17:30 Uhr in der Merkelstraße 12, bei Frau Tschirner."),
        assistant("9. Februar, 17:30 Uhr, Merkelstraße 12, Frau Tschirner."),
      ],
    ],
    [
      0.6,
      [
        user("Ich habe noch einmal gerechnet: Es dürfen 1.080 Euro sein, nicht nur 950."),
        assistant("Dann gilt die neue Obergrenze von 1.080 Euro."),
      ],
    ],
    [
      0.85,
      [
        user("Ob ich die Einbauküche übernehme, weiß ich noch nicht."),
        assistant("Die Einbauküche bleibt also offen."),
      ],
    ],
  ]),
  facts: [
    { what: "Name", any: ["Vogelsang"] },
    { what: "Ort", any: ["Göttingen"] },
    { what: "Obergrenze", any: ["1080"] },
    { what: "Hund", any: ["Bruno", "Dackel"] },
    { what: "kein Erdgeschoss", any: ["Erdgeschoss"] },
    { what: "Termin", any: ["9. Februar", "09.02"] },
    { what: "Uhrzeit", any: ["17:30"] },
    { what: "Adresse", any: ["Merkelstraße 12", "Merkelstr. 12"] },
    { what: "Vermieterin", any: ["Tschirner"] },
    { what: "offene Frage", any: ["küche"] },
  ],
  outdated: [{ what: "Obergrenze", old: ["950"], current: ["1080"] }],
});

export const journey = (stretch: number): Case => ({
  name: "旅行 (Japanese)",
  language: "ja",
  messages: longConversation(FILLING.ja, 40 * stretch, [
    [
      0,
      [
        user("佐藤美咲と申します。五月に家族四人で金沢へ旅行したいです。予算は二十八万円です。"),
        assistant("佐藤様、五月に四名様で金沢、ご予算は二十八万円ですね。"),
      ],
    ],
    [
      0.2,
      [
        user("母は海老アレルギーなので、海老は絶対に避けてください。"),
        assistant("承知しました。海老は避けます。"),
      ],
    ],
    [
      0.4,
      [
        user("宿は「松風荘」に決めました。予約番号はKZ-30587です。"),
        assistant("松風荘、予約番号KZ-30587ですね。"),
      ],
    ],
    [
      0.65,
      [
        user("予算を見直しました。二十八万円ではなく、三十五万円まで大丈夫です。"),
        assistant("ご予算は三十五万円に変更ですね。"),
      ],
    ],
    [0.85, [user("帰りの新幹線の時間はまだ決めていません。"), assistant("帰りの新幹線は未定ですね。")]],
  ]),
  facts: [
    { what: "名前", any: ["佐藤"] },
    { what: "行き先", any: ["金沢"] },
    { what: "人数", any: ["四人", "4人", "四名", "4名"] },
    { what: "予算", any: ["三十五万", "35万", "350000"] },
    { what: "アレルギー", any: ["海老", "エビ", "えび"] },
    { what: "宿", any: ["松風荘"] },
    { what: "予約番号", any: ["KZ-30587"] },
    { what: "未定", any: ["新幹線"] },
  ],
  outdated: [{ what: "予算", old: ["二十八万", "28万", "280000"], current: ["三十五万", "35万", "350000"] }],
});

export const contract = (stretch: number): Case => ({
  name: "عقد (Arabic)",
  language: "ar",
  messages: longConversation(FILLING.ar, 40 * stretch, [
    [
      0,
      [
        user(
          "اسمي ليلى حداد، وأريد استئجار متجر في شارع الزيتون رقم 48 في عمّان. الإيجار 620 دينارا في الشهر.",
        ),
        assistant("حسنا، شارع الزيتون رقم 48 في عمّان، والإيجار 620 دينارا."),
      ],
    ],
    [
      0.2,
      [
        user("يجب ألا يتجاوز العقد ثلاث سنوات، هذا شرط لا أتنازل عنه."),
        assistant("مفهوم، العقد لا يتجاوز ثلاث سنوات."),
      ],
    ],
    [
      0.4,
      [user("المحامي هو كريم منصور، ورقم الملف AM-7719."), assistant("المحامي كريم منصور، والملف AM-7719.")],
    ],
    [
      0.65,
      [
        user("اتفقنا مع المالك على تخفيض الإيجار إلى 575 دينارا بدلا من 620."),
        assistant("الإيجار الآن 575 دينارا."),
      ],
    ],
    [0.85, [user("لم نقرر بعد من يدفع ثمن اللافتة."), assistant("إذن يبقى سؤال اللافتة مفتوحا.")]],
  ]),
  facts: [
    { what: "name", any: ["حداد"] },
    { what: "street", any: ["الزيتون"] },
    { what: "number", any: ["48"] },
    { what: "rent", any: ["575"] },
    { what: "limit", any: ["ثلاث سنوات", "3 سنوات", "ثلاثة أعوام"] },
    { what: "lawyer", any: ["منصور"] },
    { what: "file", any: ["AM-7719"] },
    { what: "open question", any: ["اللافتة", "لافتة"] },
  ],
  outdated: [{ what: "rent", old: ["620"], current: ["575"] }],
});
