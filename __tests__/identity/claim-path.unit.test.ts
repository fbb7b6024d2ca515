import { claimPathProblem, parseClaimPath, readClaim } from "../../identity/claim-path";

test.each<[string, string[]]>([
  ["roles", ["roles"]],
  ["cognito:groups", ["cognito:groups"]],
  ["realm_access.roles", ["realm_access", "roles"]],
  ['resource_access."my.app".roles', ["resource_access", "my.app", "roles"]],
  ['"https://example.com/roles"', ["https://example.com/roles"]],
  ['"a b"."c"', ["a b", "c"]],
])("%s is the path %j", (text, path) => {
  expect(parseClaimPath(text)).toEqual(path);
  expect(claimPathProblem(text)).toBeUndefined();
});

test.each(["", ".", "a.", ".a", "a..b", "a b", '"a', 'a"b"', '""', '"a"b', '"a\\"b"', "a[0]", "ä"])(
  "%j is no path",
  (text) => {
    expect(parseClaimPath(text)).toBeUndefined();
    expect(claimPathProblem(text)).toMatch(/^write the path of a claim/);
  },
);

test("a URL has to be quoted: its dots would be steps of the path", () => {
  expect(claimPathProblem("https://example.com/roles")).toBe(
    "quote a name that contains dots: '\"https://example.com/roles\"'",
  );
});

test.each<[unknown, string[], unknown]>([
  [{ a: { b: 1 } }, ["a", "b"], 1],
  [{ a: { b: 1 } }, ["a"], { b: 1 }],
  [{ "a.b": 1 }, ["a", "b"], undefined],
  [{ a: null }, ["a", "b"], undefined],
  [{ a: "text" }, ["a", "length"], undefined],
  [{}, ["constructor"], undefined],
  [{ a: {} }, ["a", "__proto__"], undefined],
])("in %j, %j leads to %j", (claims, path, value) => {
  expect(readClaim(claims as Record<string, unknown>, path)).toEqual(value);
});
