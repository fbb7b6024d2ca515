import { Readable } from "node:stream";
import { gzipSync } from "node:zlib";
import { linesOf } from "../../../cli/replay/log-lines";

async function read(...chunks: Buffer[]): Promise<string[]> {
  const lines: string[] = [];
  for await (const line of linesOf(Readable.from(chunks))) lines.push(line);
  return lines;
}

/** One byte a chunk: every boundary is in the middle of something. */
const bytesOf = (all: Buffer) => [...all].map((byte) => Buffer.from([byte]));

test.each([
  ["plain", Buffer.from("a\nÄ€\n\nlast")],
  ["compressed", gzipSync("a\nÄ€\n\nlast")],
  ["compressed in parts, as files that were joined", Buffer.concat([gzipSync("a\nÄ"), gzipSync("€\n\nlast")])],
])("lines are whole: %s", async (_, all) => {
  expect(await read(all)).toEqual(["a", "Ä€", "", "last"]);
  expect(await read(...bytesOf(all))).toEqual(["a", "Ä€", "", "last"]);
});

test("nothing has no lines", async () => {
  expect(await read()).toEqual([]);
  expect(await read(Buffer.from("x"))).toEqual(["x"]);
});

test("a line that is far too long is empty, and the next one is whole", async () => {
  const long = Buffer.alloc(100_000, "x");
  expect(await read(Buffer.from("a\n"), long, long, long, long, Buffer.from("\nb\n"))).toEqual(["a", "", "b"]);
});

test("a compressed file that is cut off is an error", async () => {
  await expect(read(gzipSync("a\nb\n").subarray(0, -6))).rejects.toThrow("unexpected end of file");
});

test("the bytes that were read are those of the file", async () => {
  const all = gzipSync("a\nb\n");
  let sum = 0;
  for await (const line of linesOf(Readable.from(bytesOf(all)), (bytes) => (sum += bytes))) void line;
  expect(sum).toBe(all.length);
});
