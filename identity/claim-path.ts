/**
 * A claim path names a claim of a token, at any depth: `roles`, `realm_access.roles`, `resource_access."my.app".roles`.
 * Names that contain other characters than letters, digits and `_ : / -` are quoted.
 */

export type Claims = Record<string, unknown>;

const NAME = /(?:"([^"\\]+)"|([A-Za-z0-9_:/-]+))(\.|$)/y;

/** The names on the path, from the outside in; undefined if the text is not a claim path. */
export function parseClaimPath(text: string): string[] | undefined {
  const names: string[] = [];
  const pattern = new RegExp(NAME);
  for (;;) {
    const match = pattern.exec(text);
    if (!match) return undefined;
    names.push(match[1] ?? match[2]!);
    if (match[3] === "") return names;
  }
}

/** What is wrong with a claim path, and what to write instead. */
export function claimPathProblem(text: string): string | undefined {
  // "https://example.com/roles" would be the member "com/roles" of the claim "https://example".
  if (/^https?:\/\//.test(text)) return `quote a name that contains dots: '"${text}"'`;
  if (text.length > 200) return "write at most 200 characters";
  return parseClaimPath(text)
    ? undefined
    : 'write the path of a claim, such as "roles", "realm_access.roles" or \'"https://example.com/roles"\'';
}

/** The value at a path; undefined if there is none. Only own members count, so `constructor` has no value. */
export function readClaim(claims: Claims, path: readonly string[]): unknown {
  return path.reduce<unknown>(
    (value, name) =>
      typeof value === "object" && value !== null && Object.hasOwn(value, name) ? (value as Claims)[name] : undefined,
    claims,
  );
}
