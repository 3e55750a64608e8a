/** What only the provider can read, and can tell from what others made up: signatures and encrypted contents. */

const SIGNATURE_MARK = "SbxSig";
const SEAL_MARK = "gAAAAASbx";

/** The signature of a text of reasoning. It fits no other text. */
export function signatureOf(text: string): string {
  return `${SIGNATURE_MARK}${new Bun.CryptoHasher("sha256").update(`sandbox ${text}`).digest("base64")}`;
}

/** A text that only the sandbox can open, as `encrypted_content` and `redacted_thinking` hold it. */
export function seal(text: string): string {
  const bytes = Buffer.from(text);
  return `${SEAL_MARK}${Bun.hash.crc32(bytes).toString(16).padStart(8, "0")}${bytes.toString("base64")}`;
}

/** The text within; undefined where it was not sealed by a sandbox. */
export function unseal(sealed: string): string | undefined {
  if (!sealed.startsWith(SEAL_MARK)) return undefined;
  const text = Buffer.from(sealed.slice(SEAL_MARK.length + 8), "base64").toString();
  return seal(text) === sealed ? text : undefined;
}
