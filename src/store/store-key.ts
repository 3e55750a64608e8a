import { createCipheriv, createDecipheriv, createHmac, hkdfSync, randomBytes } from "node:crypto";
import type { Secret } from "../core/secret.ts";

const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/**
 * What the store may know of what it holds: names that tell nothing, and texts that only holders of the same key can
 * read (AES-256-GCM). A key is derived for each name, so that no two answers share one, and what is sealed under one name
 * cannot be passed off under another.
 */
export class StoreKey {
  readonly #key: string;

  /** @param key of the settings (`store-key-file`) */
  constructor(key: Secret) {
    this.#key = key.reveal();
  }

  /** The name in the store of something that has to be found again: an answer's id, a client, a target. */
  nameOf(kind: string, text: string): string {
    const digest = createHmac("sha256", this.#key).update(`${kind}\n${text}`).digest("base64url");
    return `nash-llm:${kind}:${digest}`;
  }

  /** Seals and opens what stands under one name. */
  sealerFor(name: string): Sealer {
    return new Sealer(Buffer.from(hkdfSync("sha256", this.#key, name, "nash-llm store 1", 32)));
  }
}

/** Seals texts, each for its place, and opens them again. */
export class Sealer {
  readonly #key: Buffer;

  constructor(key: Buffer) {
    this.#key = key;
  }

  seal(text: string | Uint8Array, place: string): string {
    const nonce = randomBytes(NONCE_BYTES);
    const cipher = createCipheriv("aes-256-gcm", this.#key, nonce).setAAD(Buffer.from(place));
    const sealed = [nonce, cipher.update(text), cipher.final(), cipher.getAuthTag()];
    return Buffer.concat(sealed).toString("base64");
  }

  /** @throws where it was not sealed for this place with this key */
  open(sealed: string, place: string): Buffer {
    const bytes = Buffer.from(sealed, "base64");
    const nonce = bytes.subarray(0, NONCE_BYTES);
    const tag = bytes.subarray(bytes.length - TAG_BYTES);
    const decipher = createDecipheriv("aes-256-gcm", this.#key, nonce, { authTagLength: TAG_BYTES })
      .setAAD(Buffer.from(place))
      .setAuthTag(tag);
    return Buffer.concat([
      decipher.update(bytes.subarray(NONCE_BYTES, bytes.length - TAG_BYTES)),
      decipher.final(),
    ]);
  }
}
