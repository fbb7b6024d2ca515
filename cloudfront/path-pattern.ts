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
