/** Requests to begin with. All of them work as they stand, on a machine without a network. */

export const SESSION = "3f0c2a7e-5b1d-4f6a-9c8e-2d7b1a6e4f50";

const DEMO = { model: "demo", api_key: "any-word", api_base_url: "http://demo.invalid/v1" };
const HELLO = [{ role: "user", content: "Hello, how are you?" }];

export const CHAT_EXAMPLE = { messages: HELLO, ...DEMO };

/** Long enough for its summary to be shorter. */
export const SUMMARIZE_EXAMPLE = {
  messages: [
    { role: "user", content: "My name is Ada. We meet on 3 May at 10:00 in Lisbon." },
    {
      role: "assistant",
      content:
        "Hello Ada, it is good to hear from you. I have written it down as you said, and I will remind everybody who is to come on the day before. Is there anything else that should be prepared, such as a room with a screen, something to drink, or a place where people can leave their luggage?",
    },
    { role: "user", content: "Let's move it to 4 May, same time and same place." },
    {
      role: "assistant",
      content:
        "Agreed: 4 May at 10:00 in Lisbon. All who were invited will hear of the new day at once, and whoever cannot come then will be asked to say so soon, so that there is time enough to look for another one if it should come to that.",
    },
  ],
  ...DEMO,
};

export const TOKENS_EXAMPLE = { messages: HELLO, model: "gpt-4o" };

export const MODELS_EXAMPLE = { api_base_url: DEMO.api_base_url, api_key: DEMO.api_key };
