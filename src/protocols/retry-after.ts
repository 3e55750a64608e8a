/** All of its forms begin with the day of the week; `Date.parse` would also take `-5` for a date. */
const HTTP_DATE = /^(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)/;

/**
 * How long a provider asks to wait, in seconds, from the headers of an error response.
 * `retry-after-ms` is the finer word, but Azure sends it as 0 beside a `retry-after` of 1: zero says nothing.
 * @param now milliseconds since 1970, for the form of `retry-after` that is a date
 */
export function retryAfterIn(headers: Headers, now: number): number | undefined {
  const milliseconds = Number(headers.get("retry-after-ms") ?? Number.NaN);
  if (milliseconds > 0 && Number.isFinite(milliseconds)) return milliseconds / 1000;

  const value = headers.get("retry-after")?.trim();
  if (value === undefined || value === "") return undefined;
  if (/^\d+(\.\d+)?$/.test(value)) return Number(value);
  const date = HTTP_DATE.test(value) ? Date.parse(value) : Number.NaN;
  return Number.isNaN(date) ? undefined : Math.max(0, (date - now) / 1000);
}

/** A provider that says whether trying again makes sense is believed. */
export function shouldRetryIn(headers: Headers): boolean | undefined {
  const word = headers.get("x-should-retry");
  return word === "true" || word === "false" ? word === "true" : undefined;
}
