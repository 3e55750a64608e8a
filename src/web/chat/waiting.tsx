import { useEffect, useState } from "preact/hooks";

/** Below so many seconds there is nothing worth saying. */
const WORTH_SAYING = 2;

/** A sign of life before the first word, with the seconds that have passed. */
export function Waiting({ isThinking }: { readonly isThinking: boolean }) {
  const [passed, setPassed] = useState(0);
  useEffect(() => {
    const started = Date.now();
    const timer = setInterval(() => setPassed(Math.round((Date.now() - started) / 1000)), 250);
    return () => clearInterval(timer);
  }, []);
  const what = isThinking ? "Thinking" : "Waiting for the first word";
  return (
    <p class="waiting" aria-hidden="true">
      {passed < WORTH_SAYING ? "" : `${what}, ${passed} s`}
    </p>
  );
}
