import type { BearerBehavior, BearerSettings } from "../../session/access-tokens";

/** The settings of a request's API behavior: the first whose pattern matches. */
export function behaviorOf({ behaviors }: BearerSettings, path: string): BearerBehavior | undefined {
  return behaviors.find(([pattern]) => expressionOf(pattern).test(path))?.[1];
}

/** Each `*` of a pattern matches any characters. */
function expressionOf(pattern: string): RegExp {
  const parts = pattern.split("*").map((part) => part.replace(/[^A-Za-z0-9/_~-]/g, "\\$&"));
  return new RegExp(`^${parts.join(".*")}$`, "s");
}
