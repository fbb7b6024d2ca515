import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { image } from "../../config/image";

const folder = mkdtempSync(join(tmpdir(), "edgegate-image-"));
afterAll(() => rmSync(folder, { recursive: true }));

function read(content: string | Buffer) {
  const path = join(folder, "image");
  writeFileSync(path, content);
  return image.safeParse(path);
}

const SVG = '<svg xmlns="http://www.w3.org/2000/svg"/>';
/** https://www.w3.org/TR/png-3/#5PNG-file-signature */
const PNG = Buffer.from("89504e470d0a1a0a0000", "hex");

test.each<[string, string | Buffer, string]>([
  ["an SVG", SVG, "svg+xml"],
  ["an SVG with a declaration and a comment", `<?xml version="1.0"?>\n<!-- by hand -->\n${SVG}`, "svg+xml"],
  ["an SVG with other attributes first", '<svg width="1"\n xmlns="http://www.w3.org/2000/svg"></svg>', "svg+xml"],
  ["a PNG", PNG, "png"],
  ["an image of the largest size", Buffer.concat([PNG, Buffer.alloc(3_072 - PNG.length)]), "png"],
])("%s becomes a data URL", (_name, content, type) => {
  expect(read(content).data).toBe(`data:image/${type};base64,${Buffer.from(content).toString("base64")}`);
});

test.each<[string, string | Buffer, RegExp]>([
  ["HTML", "<!doctype html><svg>", /^write a PNG file, or an SVG file/],
  ["an SVG that only HTML shows", "<svg></svg>", /^write a PNG file, or an SVG file/],
  ["an SVG with entities of its own", `<!DOCTYPE svg [<!ENTITY a "b">]>${SVG}`, /^write a PNG file, or an SVG file/],
  ["a GIF", "GIF89a", /^write a PNG file, or an SVG file/],
  ["nothing", "", /^write a PNG file, or an SVG file/],
  ["an image that is too large", Buffer.concat([PNG, Buffer.alloc(3_073 - PNG.length)]), /at most 3072 bytes; .*3073/],
])("%s is refused", (_name, content, message) => {
  const { success, error } = read(content);
  expect(success).toBe(false);
  expect(error!.issues.map((issue) => issue.message)).toEqual([expect.stringMatching(message)]);
});
