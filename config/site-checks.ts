/** Checks of S3 origins: the policy must allow the files that they serve. */
import {
  deepLinksBeyondShell,
  foldersDecidedDifferently,
  pathsBeyondPage,
  type Difference,
} from "../sites/served-alike";
import type { Place } from "../sites/place";
import type { ConfigProblem } from "./error";
import type { Config, Origin } from "./schema";

/** The places that the behaviors serve, the default behavior last; empty for an existing distribution. */
export function placesOf({ behaviors, origin }: Config): Place[] {
  if (!origin) return [];
  return [...behaviors, { path: "*", origin }].map(({ path, origin }) => ({ pattern: path, site: siteOf(origin) }));
}

export function sitesHaveAShell(config: Config): ConfigProblem[] {
  return originsOf(config).flatMap(({ path, origin }) =>
    origin.type === "s3" && origin.spa && origin.index === false
      ? [{ path: `${path}.index`, message: "spa serves the index document; leave index out, or write its name" }]
      : [],
  );
}

/** The policy must allow a served file to the person who gets it, and must protect it equally under all its names. */
export function sitesServeWhatIsDecided(config: Config): ConfigProblem[] {
  const places = placesOf(config);
  const question = { policy: config.policy, hosts: [config.domain, ...config.alternateDomains], places };
  return originsOf(config).flatMap(({ path, origin }, i) => {
    const place = places[i]!;
    if (origin.type !== "s3") return [];
    const { notFound } = origin;
    return [
      ...foldersDecidedDifferently(question, place).map((found) => folderProblem(path, found)),
      ...deepLinksBeyondShell(question, place).map((found) => shellProblem(path, found)),
      ...(notFound === undefined
        ? []
        : pathsBeyondPage(question, place, notFound).map((found) => pageProblem(path, found))),
    ];
  });
}

function folderProblem(origin: string, { rule, path, file, may, mayFile }: Difference): ConfigProblem {
  return {
    path: rule === undefined ? `${origin}.index` : `policy[${rule}]`,
    message: `"${path}" is for ${may}, but is served "${file}", which is for ${mayFile}; add or change rules so that both are for the same people, or write index: false`,
  };
}

function shellProblem(origin: string, { rule, path, file, may, mayFile }: Difference): ConfigProblem {
  return {
    path: rule === undefined ? `${origin}.spa` : `policy[${rule}]`,
    message: `"${path}" is for ${may}, and is served the application's "${file}", which is for ${mayFile}; allow "${file}" to ${may} too, or give "${path}" a behavior without spa`,
  };
}

function pageProblem(origin: string, { path, file, may, mayFile }: Difference): ConfigProblem {
  return {
    path: `${origin}.notFound`,
    message: `everybody who opens a missing page sees "${file}": "${path}" is for ${may}, but "${file}" is for ${mayFile}; add a rule that allows "${file}" to ${may}`,
  };
}

function siteOf(origin: Origin): Place["site"] {
  return origin.type === "s3" ? { index: origin.index, spa: origin.spa } : undefined;
}

/** In the order of {@link placesOf}. */
function originsOf({ behaviors, origin }: Config): { path: string; origin: Origin }[] {
  return [
    ...behaviors.map(({ origin }, i) => ({ path: `behaviors[${i}].origin`, origin })),
    ...(origin ? [{ path: "origin", origin }] : []),
  ];
}
