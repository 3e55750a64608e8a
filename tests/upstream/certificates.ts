/** Certificates for tests, made on the spot, so that no key lies in the repository and no openssl is needed. */

import { generateKeyPairSync, type KeyObject, sign } from "node:crypto";
import { isIP } from "node:net";

export interface Certificate {
  readonly name: string;
  /** PEM. */
  readonly cert: string;
  /** PEM. */
  readonly key: string;
  readonly privateKey: KeyObject;
}

/** A DER element: tag, length, contents (ITU-T X.690). */
function der(tag: number, ...contents: readonly Uint8Array[]): Buffer {
  const body = Buffer.concat(contents);
  const length = body.length;
  const size = length < 128 ? [length] : length < 256 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.from([tag, ...size]), body]);
}

const hex = (text: string) => Buffer.from(text, "hex");
const sequence = (...parts: Uint8Array[]) => der(0x30, ...parts);
const extension = (id: string, value: Uint8Array) => sequence(hex(`0603551d${id}`), der(0x04, value));
const ECDSA_WITH_SHA256 = sequence(hex("06082a8648ce3d040302"));
const COMMON_NAME = hex("0603550403");

function distinguished(name: string): Buffer {
  return sequence(der(0x31, sequence(COMMON_NAME, der(0x0c, Buffer.from(name)))));
}

function alternative(host: string): Buffer {
  if (isIP(host) === 0) return der(0x82, Buffer.from(host));
  const bytes = host === "::1" ? [...Array(15).fill(0), 1] : host.split(".").map(Number);
  return der(0x87, Buffer.from(bytes));
}

/**
 * Makes an authority, or, given its issuer, a certificate for `hosts` (names, IPv4 addresses or `::1`).
 * The format is RFC 5280, section 4.1.
 */
export function certify(name: string, hosts: readonly string[] = [], issuer?: Certificate): Certificate {
  const { publicKey, privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const isAuthority = issuer === undefined;
  const extensions = [
    extension("13", sequence(...(isAuthority ? [der(0x01, hex("ff"))] : []))),
    ...(isAuthority ? [] : [extension("11", sequence(...hosts.map(alternative)))]),
  ];
  const body = sequence(
    der(0xa0, der(0x02, hex("02"))),
    der(0x02, Buffer.concat([hex("01"), crypto.getRandomValues(new Uint8Array(8))])),
    ECDSA_WITH_SHA256,
    distinguished(issuer?.name ?? name),
    sequence(der(0x17, Buffer.from("200101000000Z")), der(0x17, Buffer.from("491231235959Z"))),
    distinguished(name),
    publicKey.export({ type: "spki", format: "der" }),
    der(0xa3, sequence(...extensions)),
  );
  const signature = sign("sha256", body, issuer?.privateKey ?? privateKey);
  const whole = sequence(body, ECDSA_WITH_SHA256, der(0x03, hex("00"), signature));
  return {
    name,
    cert: `-----BEGIN CERTIFICATE-----\n${whole.toString("base64")}\n-----END CERTIFICATE-----\n`,
    key: privateKey.export({ type: "pkcs8", format: "pem" }).toString(),
    privateKey,
  };
}
