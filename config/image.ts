/** The site's own images, for the gateway's pages. */
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { z } from "zod";

/** Bytes. An image is part of the settings, which have 8,192 in base64 and everything else. */
const MAX_IMAGE = 3_072;
const PNG_SIGNATURE = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
/** Without the namespace it is no image outside of HTML. */
const SVG_START =
  /^\uFEFF?\s*(?:<\?xml[^>]*>\s*)?(?:<!--[^]*?-->\s*)*<svg\s[^>]*xmlns="http:\/\/www\.w3\.org\/2000\/svg"/;

/**
 * The path of an SVG or PNG file, relative to the working directory; becomes a `data:` URL. Browsers run no script in an
 * image and load nothing for it (https://svgwg.org/svg2-draft/conform.html#secure-static-mode), and the pages' policy
 * lets no script in anyway. Nothing serves the file as a document.
 */
export const image = z.string('write the path of an SVG or PNG file, such as "logo.svg"').transform((path, context) => {
  const refuse = (message: string) => {
    context.addIssue({ code: "custom", message });
    return z.NEVER;
  };
  let content: Buffer;
  try {
    content = readFileSync(resolve(path));
  } catch {
    return refuse("there is no such file that can be read; write a path relative to the working directory");
  }
  if (content.length > MAX_IMAGE)
    return refuse(
      `write an image of at most ${MAX_IMAGE} bytes; this one has ${content.length}. A tool such as SVGO makes it smaller`,
    );
  const isPng = content.subarray(0, PNG_SIGNATURE.length).equals(PNG_SIGNATURE);
  if (!isPng && !SVG_START.test(content.toString("utf8")))
    return refuse(`write a PNG file, or an SVG file that begins with <svg xmlns="http://www.w3.org/2000/svg"`);
  return `data:image/${isPng ? "png" : "svg+xml"};base64,${content.toString("base64")}`;
});
