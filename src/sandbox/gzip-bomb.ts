import { constants, deflateRawSync } from "node:zlib";

const MIB = 1024 * 1024;
const BLOCKS = 1_024;
const HEADER = Uint8Array.of(0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3);
/** An empty last block, then a checksum and a length that nobody should get as far as reading. */
const TRAILER = Uint8Array.of(3, 0, 0, 0, 0, 0, 0, 0, 0, 0);

/** An event stream of 1 GiB in about 1 MB of gzip, which nobody asked for. */
export function gzipBomb(): Response {
  // Flushed in full, a block depends on nothing before it and can be sent again and again.
  const block = deflateRawSync(Buffer.alloc(MIB, " "), { finishFlush: constants.Z_FULL_FLUSH });
  const parts = [HEADER, ...Array.from({ length: BLOCKS }, () => block), TRAILER];
  return new Response(Buffer.concat(parts), {
    headers: { "content-type": "text/event-stream; charset=utf-8", "content-encoding": "gzip" },
  });
}
