/** The rows of a diff in words, for terminals and pull requests. */
import type { AccessChange } from "./access-change";
import { METHOD_NAMES } from "./request-classes";

/** Beyond this number, patterns are only counted. */
const MAX_EXCEPT = 3;

/** Such as `/docs/** except /docs/internal/**`. */
export function pathInWords({ path, except, escapes }: AccessChange): string {
  const shown = except.length > MAX_EXCEPT + 1 ? except.slice(0, MAX_EXCEPT) : except;
  const left = except.length - shown.length;
  const without = [...shown, ...(left > 0 ? [`${left} more`] : [])].join(", ");
  const escaped = { only: ", encoded only", also: ", also encoded" };
  return `${path}${without && ` except ${without}`}${escapes ? escaped[escapes] : ""}`;
}

/** Such as `GET, HEAD`, `every` or `every but GET, HEAD`, with a word about CORS preflights if they differ. */
export function methodsInWords({ methods, preflight }: AccessChange): string {
  if (preflight) return "CORS preflights";
  const others = METHOD_NAMES.filter((name) => !methods.includes(name));
  const words =
    others.length === 0 ? "every" : methods.includes("other") ? `every but ${others.join(", ")}` : methods.join(", ");
  return preflight === false ? `${words}, no preflights` : words;
}

/** Such as `every` or `every but docs.example.com`. */
export function hostInWords({ host, exceptHosts }: AccessChange): string {
  return host ?? (exceptHosts ? `every but ${exceptHosts.join(", ")}` : "every");
}
