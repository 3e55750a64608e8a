import type { Filling, Language } from "../case.ts";

/** Talk that is worth no line in a summary. */
export const FILLING: Readonly<Record<Language, Filling>> = {
  en: {
    topics: [
      "the seating",
      "the colours",
      "the weather",
      "the newsletter",
      "the coffee machine",
      "the parking",
      "the playlist",
      "the plants",
      "the noise",
      "the curtains",
      "the name tags",
    ],
    pairs: [
      [
        "Just thinking aloud about {topic}: is there anything that people usually overlook?",
        "With {topic}, most people overlook how much time the small things take. A quiet hour beforehand helps more than any list, and nothing of it has to be settled now.",
      ],
      [
        "My neighbour keeps talking about {topic}. Is that worth listening to?",
        "Neighbours enjoy talking about {topic}. It may be pleasant to listen, but I would not change any plans because of it.",
      ],
      [
        "I read a long article about {topic} yesterday and forgot nearly all of it again.",
        "That happens with articles about {topic}. They tend to repeat one idea in many words, so you have probably kept what there was to keep.",
      ],
      [
        "Could you explain in general why {topic} matters to people?",
        "People feel at ease when {topic} is taken care of and notice it only when it is not. That is the whole secret, and there is no rule that fits everybody.",
      ],
      [
        "What would you say to somebody who is nervous about {topic}?",
        "I would say that {topic} has never been a reason for anything to fail. A friendly word at the right moment does more than worrying.",
      ],
      [
        "Fine, let us leave {topic} for another day.",
        "Gladly. We can come back to {topic} whenever you like; nothing depends on it for the moment.",
      ],
      [
        "Is there some nice story about {topic} that you know?",
        "There is an old one in which somebody spends a summer on {topic} and finds at the end that the walk there was the best part. It is told in many versions.",
      ],
    ],
  },
  de: {
    topics: [
      "das Wetter",
      "die Vorhänge",
      "das Treppenhaus",
      "die Nachbarschaft",
      "der Flur",
      "die Lampen",
      "das Radio",
    ],
    pairs: [
      [
        "Nur so nebenbei: {topic} beschäftigt mich gerade, gibt es da etwas, das man leicht übersieht?",
        "Bei solchen Dingen übersieht man meist, wie viel Zeit die Kleinigkeiten brauchen. Eine ruhige Stunde vorher hilft mehr als jede Liste, und entscheiden muss man jetzt nichts.",
      ],
      [
        "Meine Tante redet ständig davon: {topic}. Muss ich das ernst nehmen?",
        "Tanten reden gern darüber. Zuhören schadet nicht, aber Pläne würde ich deswegen nicht ändern.",
      ],
      [
        "Ich habe gestern einen langen Artikel gelesen, Thema {topic}, und fast alles wieder vergessen.",
        "Das geht vielen so. Solche Artikel wiederholen einen Gedanken mit vielen Worten, das Wichtige ist bestimmt hängen geblieben.",
      ],
      [
        "Gut, {topic} lassen wir für ein andermal.",
        "Gern. Wir können jederzeit darauf zurückkommen, im Augenblick hängt nichts davon ab.",
      ],
      [
        "Was sagt man jemandem, den {topic} nervös macht?",
        "Dass deswegen noch nie etwas gescheitert ist. Ein freundliches Wort im richtigen Moment hilft mehr als Grübeln.",
      ],
    ],
  },
  ja: {
    topics: ["天気", "景色", "電車の窓", "おみやげ", "写真", "朝の散歩", "音楽"],
    pairs: [
      [
        "ところで、{topic}について少し話してもいいですか。",
        "もちろんです。{topic}の話はいつでも楽しいですね。今すぐ決めることは何もありませんから、気楽にどうぞ。",
      ],
      [
        "友だちがいつも{topic}の話をするのですが、気にしたほうがいいですか。",
        "聞くだけなら楽しいと思いますが、そのために予定を変える必要はないでしょう。",
      ],
      [
        "昨日{topic}についての長い記事を読んで、ほとんど忘れてしまいました。",
        "よくあることです。そういう記事は同じことを何度も言うので、大事なところはきっと覚えていますよ。",
      ],
      ["では、{topic}の話はまた今度にしましょう。", "はい、いつでも戻れます。今のところ何も急ぎません。"],
      [
        "{topic}にまつわる面白い話はありますか。",
        "昔からいろいろな話がありますが、結局は途中の道がいちばん楽しかったという話が多いですね。",
      ],
    ],
  },
  ar: {
    topics: ["الطقس", "الحديقة", "القهوة", "الموسيقى", "الألوان", "الستائر", "الصور"],
    pairs: [
      [
        "بالمناسبة، هل يمكن أن نتحدث قليلا عن {topic}؟",
        "بالطبع. الحديث عن {topic} ممتع دائما، ولا شيء يجب أن يُحسم الآن.",
      ],
      [
        "جاري يتحدث كثيرا عن {topic}، هل يستحق ذلك الاهتمام؟",
        "الاستماع لطيف، لكنني لن أغير أي خطة بسبب ذلك.",
      ],
      [
        "قرأت أمس مقالا طويلا عن {topic} ونسيت معظمه.",
        "هذا يحدث كثيرا. مثل هذه المقالات تكرر فكرة واحدة بكلمات كثيرة.",
      ],
      [
        "حسنا، لنترك {topic} ليوم آخر.",
        "بكل سرور. يمكننا العودة إلى ذلك في أي وقت، فلا شيء يتوقف عليه الآن.",
      ],
      [
        "هل تعرف قصة جميلة عن {topic}؟",
        "هناك قصة قديمة تقول إن الطريق كان أجمل ما فيها، وهي تُروى بأشكال كثيرة.",
      ],
    ],
  },
};
