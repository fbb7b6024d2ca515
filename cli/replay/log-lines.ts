/** Reads the lines of log files, plain or compressed, in bounded memory. */
import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import { pipeline, Readable } from "node:stream";
import { createGunzip } from "node:zlib";

/** The first bytes of a gzip file (RFC 1952 section 2.3.1). */
const GZIP = Buffer.from([0x1f, 0x8b]);
/** Characters. A line of the access log has a few kilobytes; a longer line is skipped. */
const MAX_LINE = 256 * 1024;

/** Lines without their ends. A line that is too long is an empty text. @param onRead is called with numbers of bytes */
export async function* linesOf(input: Readable, onRead: (bytes: number) => void = () => {}): AsyncGenerator<string> {
  let rest = "";
  let isSkipping = false;
  for await (const text of textOf(input, onRead)) {
    const lines = (rest + text).split("\n");
    rest = lines.pop()!;
    for (const line of lines) {
      yield isSkipping ? "" : line;
      isSkipping = false;
    }
    if (rest.length > MAX_LINE) {
      rest = "";
      isSkipping = true;
    }
  }
  if (isSkipping) yield "";
  else if (rest !== "") yield rest;
}

/** Files in their order; `-` is stdin. */
export async function* linesOfFiles(names: readonly string[], onRead: (bytes: number) => void): AsyncGenerator<string> {
  for (const name of names) yield* linesOf(name === "-" ? process.stdin : createReadStream(name), onRead);
}

/** Bytes of all files; undefined if one of them is stdin. */
export async function sizeOf(names: readonly string[]): Promise<number | undefined> {
  if (names.includes("-")) return undefined;
  const sizes = await Promise.all(names.map(async (name) => (await stat(name)).size));
  return sizes.reduce((sum, size) => sum + size, 0);
}

async function* textOf(input: Readable, onRead: (bytes: number) => void): AsyncGenerator<string> {
  const chunks = input[Symbol.asyncIterator]() as AsyncIterator<Buffer>;
  let start = Buffer.alloc(0);
  while (start.length < GZIP.length) {
    const { value, done } = await chunks.next();
    if (done) break;
    start = Buffer.concat([start, value]);
  }
  const isCompressed = start.subarray(0, GZIP.length).equals(GZIP);
  async function* bytes(): AsyncGenerator<Buffer> {
    for (let chunk = start; ;) {
      onRead(chunk.length);
      yield chunk;
      const { value, done } = await chunks.next();
      if (done) return;
      chunk = value as typeof start;
    }
  }
  const decoder = new TextDecoder();
  // The callback keeps an error of the source from ending the process; the loop throws it.
  const plain = isCompressed ? pipeline(Readable.from(bytes()), createGunzip(), () => {}) : bytes();
  for await (const chunk of plain) yield decoder.decode(chunk as Buffer, { stream: true });
}
