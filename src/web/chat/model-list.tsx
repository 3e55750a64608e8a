import { useState } from "preact/hooks";

interface ModelListProps {
  readonly value: string;
  readonly models: readonly string[];
  readonly note: string;
  readonly changed: (name: string) => void;
}

/** The field for the model, and under it all that there are; what is typed narrows them down. */
export function ModelList({ value, models, note, changed }: ModelListProps) {
  const [wanted, want] = useState("");
  const words = wanted.toLowerCase().split(/\s+/);
  const shown = models.filter((name) => words.every((word) => name.toLowerCase().includes(word)));
  return (
    <>
      <label>
        Model
        <input
          required
          spellcheck={false}
          autocomplete="off"
          aria-describedby="model-note"
          value={value}
          onInput={({ currentTarget }) => {
            changed(currentTarget.value);
            want(currentTarget.value.trim());
          }}
        />
      </label>
      <p class="note" id="model-note">
        {note}
      </p>
      {shown.length > 0 && (
        <ul class="choices models" aria-label="Models">
          {shown.map((name) => (
            <li key={name}>
              <button
                type="button"
                aria-current={name === value ? "true" : undefined}
                onClick={() => {
                  changed(name);
                  want("");
                }}
              >
                {name}
              </button>
            </li>
          ))}
        </ul>
      )}
    </>
  );
}
