/**
 * True if a behavior's path pattern matches: `*` is any number of characters, `?` exactly one; case counts; a missing
 * leading slash is implied.
 *
 * https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/DownloadDistValuesCacheBehavior.html#DownloadDistValuesPathPattern
 */
export function matchesPattern(pattern: string, path: string): boolean {
  if (pattern === "*") return true;
  const text = (pattern.startsWith("/") ? pattern : `/${pattern}`)
    .replace(/[.+^${}()|[\]\\]/g, "\\$&")
    .replace(/\*/g, "[^]*")
    .replace(/\?/g, "[^]");
  return new RegExp(`^${text}$`).test(path);
}

/** True if some path matches both patterns. */
export function patternsMeet(one: string, other: string): boolean {
  const [first, second] = [one, other].map((pattern) => (/^[/*]/.test(pattern) ? pattern : `/${pattern}`)) as [
    string,
    string,
  ];
  const known = new Map<string, boolean>();
  const meet = (i: number, j: number): boolean => {
    const key = `${i} ${j}`;
    const found = known.get(key);
    if (found !== undefined) return found;
    const [a, b] = [first[i], second[j]];
    let result: boolean;
    if (a === "*") result = meet(i + 1, j) || (b !== undefined && meet(i, j + 1));
    else if (b === "*") result = meet(i, j + 1) || (a !== undefined && meet(i + 1, j));
    else if (a === undefined || b === undefined) result = a === b;
    else result = (a === b || a === "?" || b === "?") && meet(i + 1, j + 1);
    known.set(key, result);
    return result;
  };
  return meet(0, 0);
}
