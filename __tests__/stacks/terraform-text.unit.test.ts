import { literal } from "../../stacks/terraform-text";

describe("a value from the config", () => {
  test.each<[string, unknown, unknown]>([
    ["plain text stays", "Example – für alle", "Example – für alle"],
    ["an interpolation is only text", "a ${b} c", "a $${b} c"],
    ["a directive is only text", "%{if x}", "%%{if x}"],
    ["what is doubled already is text too", "$${x}", "$$${x}"],
    ["signs without a brace stay", "100 % for 5 $", "100 % for 5 $"],
    ["lists and objects with their keys", { "k${1}": ["${v}", 1, true, null] }, { "k$${1}": ["$${v}", 1, true, null] }],
  ])("%s", (_, value, expected) => {
    expect(literal(value)).toEqual(expected);
  });
});
