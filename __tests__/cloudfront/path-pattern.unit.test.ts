import { matchesPattern } from "../../cloudfront/path-pattern";

test.each([
  ["/api/*", "/api/", true],
  ["/api/*", "/api/a/b", true],
  ["/api/*", "/api", false],
  ["api/*", "/api/a", true],
  ["*.jpg", "/a/b.jpg", true],
  ["*.jpg", "/a/bxjpg", false],
  ["/a?c", "/abc", true],
  ["/a?c", "/ac", false],
  ["/a*c*e", "/abcde", true],
  ["/A", "/a", false],
  ["*", "/anything", true],
])("CloudFront pattern %s, path %s: %s", (pattern, path, matches) => {
  expect(matchesPattern(pattern, path)).toBe(matches);
});
