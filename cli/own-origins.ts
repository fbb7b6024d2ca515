/** Reads `--origin PATH=URL`: the developer's own servers, by the path pattern of a behavior. */
import type { Config } from "../config/schema";
import { behaviorName, behaviorPaths, DEFAULT_BEHAVIOR, type OwnOrigins } from "../local/own-origins";
import type { CommandFailure } from "./failures";
import { usageFailure } from "./failures";

/** @throws CommandFailure for what is not `PATH=URL`, for an unknown or repeated path, and for a URL with a path */
export function ownOrigins(texts: readonly string[], config: Config): OwnOrigins {
  const known = behaviorPaths(config);
  const origins: Record<string, URL> = {};
  for (const text of texts) {
    const [, written, address] = /^([^=]+)=(.*)$/.exec(text) ?? [];
    if (written === undefined || address === undefined || !/^(\/|\*$|default$)/.test(written))
      throw wrong(text, "is not PATH=URL", `write it as in --origin "${known.at(-1)}=http://localhost:3000"`);
    const path = written === DEFAULT_BEHAVIOR ? "*" : written;
    if (!known.includes(path))
      throw wrong(text, "names no behavior of the config", `its behaviors are ${known.map(behaviorName).join(", ")}`);
    if (Object.hasOwn(origins, path))
      throw wrong(text, `is a second origin for ${behaviorName(path)}`, "write one for each behavior");
    origins[path] = serverAt(text, address);
  }
  return origins;
}

function serverAt(text: string, address: string): URL {
  const url = URL.canParse(address) ? new URL(address) : undefined;
  if (!url || !["http:", "https:"].includes(url.protocol))
    throw wrong(text, "has no http or https URL", 'write one, such as "http://localhost:3000"');
  if (`${url.origin}/` !== url.href)
    throw wrong(
      text,
      "has more than scheme, host and port",
      `write ${url.origin}; the path of a request reaches it as CloudFront would send it`,
    );
  return url;
}

function wrong(text: string, what: string, hint: string): CommandFailure {
  return usageFailure(`--origin ${text} ${what}`, hint);
}
