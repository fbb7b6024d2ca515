import { placesOf } from "../support/secret-search";

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
