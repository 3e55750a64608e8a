import { afterAll, beforeAll, expect, test } from "bun:test";
import { createServer, type Server } from "node:tls";
import { redisConnection } from "../../src/store/connection.ts";
import { whyLost } from "../../src/store/why-lost.ts";
import { certify } from "../upstream/certificates.ts";

/** A host that stands where the store should be, with a certificate that nobody trusts. */

const PASSWORD = "a-password-of-the-store";

let impostor: Server;
let heard = "";

beforeAll(async () => {
  impostor = createServer(
    certify("localhost", ["localhost"], certify("an authority of nobody's")),
    (socket) => {
      socket.on("error", () => undefined);
      socket.on("data", (bytes) => {
        heard += bytes.toString("latin1");
        socket.write("+OK\r\n");
      });
    },
  );
  impostor.on("tlsClientError", () => undefined);
  await new Promise<void>((resolve) => impostor.listen(0, "127.0.0.1", resolve));
});
afterAll(() => {
  impostor.close();
});

function address(): string {
  const place = impostor.address();
  const port = typeof place === "object" && place !== null ? place.port : 0;
  return `rediss://:${PASSWORD}@localhost:${port}`;
}

test("whoever stands in the place of the store hears no password, and not a word else", async () => {
  const connection = redisConnection(address());
  await expect(connection.connect()).rejects.toThrow();
  connection.close();
  expect((await whyLost(new URL(address()), ["SET", "a", "b"]))?.words).toContain("certificate");
  await Bun.sleep(100);
  expect(heard).toBe("");
});
