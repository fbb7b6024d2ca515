import { placesOf, SecretIndex } from "./secret-search";

const SECRET = 's3cret:+/ "%<0123456789abcdef>';

test.each([
  ["as it is", `value = ${SECRET};`],
  ["in JSON", JSON.stringify({ nested: JSON.stringify({ value: SECRET }).length, value: SECRET })],
  ["as Terraform encodes JSON", '{"value":"s3cret:+/ \\"%\\u003c0123456789abcdef\\u003e"}'],
  ["in a URL", `https://example.com/?value=${encodeURIComponent(SECRET)}&more`],
  ["in hexadecimal", Buffer.from(`before ${SECRET} after`).toString("hex")],
  ["in base64", Buffer.from(SECRET).toString("base64")],
  ["in base64 of a text, after one byte", Buffer.from(`1${SECRET} after`).toString("base64")],
  ["in base64 of a text, after two bytes", Buffer.from(`12${SECRET} after`).toString("base64")],
  ["in base64 of a text, after three bytes", Buffer.from(`123${SECRET} after`).toString("base64")],
])("a secret is found %s", (_spelling, text) => {
  expect(placesOf([SECRET], { other: "nothing here", found: text })).toEqual(["found"]);
});

describe("an index of secrets", () => {
  const index = new SecretIndex();
  for (const secret of [SECRET, "aaaaaaaaaaaaaaaa.bbbbbbbbbbbbbbbb.short", "elevenchars"]) index.add(secret);

  test.each([
    ["a secret at the start", `${SECRET} after`, [SECRET]],
    ["a secret at the end", `before ${SECRET}`, [SECRET]],
    ["a secret in a URL", `?value=${encodeURIComponent(SECRET)}&more`, [encodeURIComponent(SECRET)]],
    ["a part of a token", "x.bbbbbbbbbbbbbbbb.y", ["bbbbbbbbbbbbbbbb"]],
    ["a part in a run of its characters", "aaaaaaaaaaaaaaaaaaaaa", ["aaaaaaaaaaaaaaaa"]],
  ])("finds %s", (_place, text, parts) => {
    expect(index.partsIn(text)).toEqual(parts);
  });

  test.each([
    ["only the start of a secret", SECRET.slice(0, -1)],
    ["what is too short to tell", "elevenchars short"],
    ["nothing", ""],
  ])("does not find %s", (_place, text) => {
    expect(index.partsIn(text)).toEqual([]);
  });
});
