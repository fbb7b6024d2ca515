/**
 * Notes about rules that another name of the same page may bypass, if its server accepts that name (docs/policy.md).
 */
import { matchesPattern } from "../cloudfront/path-pattern";
import { admitsMore } from "../policy/coverage";
import { describeAllow, examplePath } from "../policy/decision-table";
import { policyOf } from "../policy/evaluate";
import { METHODS } from "../policy/rule";
import type { ConfigProblem } from "./error";
import type { ServerOrigin } from "./origins/origin";
import type { Config, Origin } from "./schema";

/** A page that more people can open if its server also serves it under another name. */
interface Escape {
  rule: number;
  /** The other name. */
  name: string;
  /** Who may open that name, in words. */
  by: string;
  /** Undefined for an existing distribution. */
  origin: ServerOrigin | undefined;
}

/**
 * One note for each server that may serve a page under another name that the policy opens to more people. S3 is exact:
 * it compares keys byte by byte.
 */
export function otherNames(config: Config): ConfigProblem[] {
  const byServer = new Map<string, Escape[]>();
  for (const escape of escapes(config)) {
    const server = escape.origin?.domainName ?? "an origin of the distribution";
    byServer.set(server, [...(byServer.get(server) ?? []), escape]);
  }
  return [...byServer].map(([server, found]) => {
    const { rule, name, by } = found[0]!;
    const others = found.length === 1 ? "" : `, and ${found.length - 1} more like it`;
    const exact = found[0]!.origin
      ? ", or set exactPaths: true on the origin once you have checked that it serves no page under another name"
      : "";
    return {
      path: `policy[${rule}]`,
      message: `if ${server} serves the page also as ${name}, that is open to: ${by}${others}. Make the wider rule at least as strict${exact} (docs/policy.md)`,
    };
  });
}

/** At most one for each rule. */
function escapes(config: Config): Escape[] {
  const policy = policyOf(config.policy);
  const hosts = [config.domain, ...config.alternateDomains];
  return config.policy.flatMap((rule, i) => {
    const path = examplePath(rule.path);
    const origin = originOf(config, path);
    if (origin && (origin.type === "s3" || origin.exactPaths)) return [];
    const isSameServer = (other: Origin | undefined) =>
      other?.type !== "s3" && other?.type === origin?.type && other?.domainName === origin?.domainName;
    const names = namesOf(path).filter((name) => isSameServer(originOf(config, name)));
    for (const name of names) {
      for (const host of rule.host === undefined ? hosts : [rule.host]) {
        for (const method of rule.methods ?? METHODS) {
          const own = policy({ host, method, path })?.allow;
          const other = policy({ host, method, path: name })?.allow;
          if (own && other && admitsMore(other, own)) return [{ rule: i, name, by: describeAllow(other), origin }];
        }
      }
    }
    return [];
  });
}

/** Undefined for an existing distribution, whose origins are unknown. */
function originOf({ behaviors, origin }: Config, path: string): Origin | undefined {
  return behaviors.find((behavior) => matchesPattern(behavior.path, path))?.origin ?? origin;
}

/** Frameworks may serve `/a/admin` under these names, too: each segment in another case, with a format, below a script. */
function namesOf(path: string): string[] {
  const segments = path.split("/");
  const inAnotherCase = segments.map((segment, i) => segments.with(i, segment.toUpperCase()).join("/"));
  return [...inAnotherCase, `${path}.json`, `/index.php${path}`].filter((name) => path !== "/" && name !== path);
}
