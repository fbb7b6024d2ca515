import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { atMostBytes } from "../../stacks/terraform-text";
import { evaluate } from "../support/terraform-console";
import { describeWith } from "../support/tools";

describeWith("terraform", "a limit in bytes", (terraform) => {
  const folder = mkdtempSync(join(tmpdir(), "edgegate-bytes-"));
  afterAll(() => rmSync(folder, { recursive: true }));

  // Limits with each remainder by three: base64 pads differently.
  test.each([4_096, 10_240, 99])("of %i is kept to the byte, whatever the characters", (limit) => {
    const texts = [-2, -1, 0, 1, 2, 3].flatMap((more) =>
      ["a", "é", "€", "🙂"].map((character) => ofBytes(limit + more, character)),
    );
    const answers = texts.map((_, i) => atMostBytes(`local.texts[${i}]`, limit));
    writeFileSync(join(folder, "main.tf.json"), JSON.stringify({ locals: { texts, answers } }));
    expect(evaluate(terraform, folder, "local.answers")).toEqual(texts.map((text) => Buffer.byteLength(text) <= limit));
  });
});

function ofBytes(bytes: number, character: string): string {
  const width = Buffer.byteLength(character);
  return character
    .repeat(Math.floor(bytes / width))
    .padEnd(Math.floor(bytes / width) * character.length + (bytes % width), "x");
}
