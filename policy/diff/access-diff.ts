/**
 * What a change of the policy changes: who gains or loses access to which paths, by which methods, on which host. Exact:
 * the rows are true for exactly those requests and people whose decision changes, and for nobody else
 * (docs/decisions/0051-access-diff.md).
 */
import type { GatePolicy } from "../read-source";
import type { AccessChange, ComparedPolicy } from "./access-change";
import { allowOf, areAmong, difference, type People, peopleKey, peopleOf } from "./people";
import { decidedPairs, type DecidedPair } from "./decided-pairs";
import { intersection, segmentsOf, type Segments } from "../patterns";
import { regionsOf, type Region } from "./regions";
import { hostClasses, METHOD_CLASSES, rulesFor, type Result } from "./request-classes";
import { joinHosts, joinMethods } from "./join";

export type { AccessChange, ComparedPolicy, MethodName } from "./access-change";

/** What changes for some paths. */
type Change = Pick<AccessChange, "escapes" | "before" | "after" | "gains" | "loses" | "newlyPublic">;

/**
 * Rows that together are exactly the difference; empty if there is none. What becomes public is first.
 *
 * @param count is called once for each step, for tests
 * @throws Error if the policies are too entangled to compare (decided-pairs.ts)
 */
export function accessDiff(
  before: ComparedPolicy,
  after: ComparedPolicy,
  count: () => void = () => {},
): AccessChange[] {
  const known = new Map<string, Region<Change>[]>();
  const hosts = hostClasses(before, after);
  const byHost = hosts.map((host) => ({
    host,
    rows: joinMethods(
      METHOD_CLASSES.map((requests) => {
        const [first, second] = [before, after].map((policy) => rulesFor(policy, host, requests));
        const key = JSON.stringify([first, second]);
        const regions = known.get(key) ?? compared([before, after], [first!, second!], count);
        known.set(key, regions);
        return { requests, regions };
      }),
    ),
  }));
  return joinHosts(byHost).sort((a, b) => Number(b.newlyPublic) - Number(a.newlyPublic));
}

type Both<T> = readonly [before: T, after: T];
interface ResultRule {
  segments: Segments;
  result: Result;
}

/** The regions of one class of requests: of plain paths, of paths with escapes, and of both if they are the same. */
function compared(policies: Both<GatePolicy>, rules: Both<readonly ResultRule[]>, count: () => void): Region<Change>[] {
  const pairs = decidedPairs(...rules, count).sort((a, b) => a.before + a.after - b.before - b.after);
  const regions = (isEscaped: boolean) =>
    regionsOf(
      pairs.map((pair) => {
        const people = peopleOfPair(policies, pair, isEscaped);
        const change = changeOf(people);
        return {
          segments: patternOfPair(rules, pair),
          change,
          key: change ? people.map(peopleKey).join(" ") : "",
          isReal: !isEscaped || pair.isByUnnamed,
        };
      }),
    );
  const [plain, escaped] = [regions(false), regions(true)];
  const keyOf = (region: Region<Change>) => JSON.stringify(region);
  const ofEscaped = new Set(escaped.map(keyOf));
  const shared = new Set(plain.map(keyOf).filter((key) => ofEscaped.has(key)));
  const marked = (region: Region<Change>, escapes: "only" | "also") => ({
    ...region,
    change: { ...region.change, escapes },
  });
  return [
    ...plain.map((region) => (shared.has(keyOf(region)) ? marked(region, "also") : region)),
    ...escaped.filter((region) => !shared.has(keyOf(region))).map((region) => marked(region, "only")),
  ];
}

function patternOfPair([before, after]: Both<readonly ResultRule[]>, pair: DecidedPair<Result>): Segments {
  const all = segmentsOf("/**");
  return intersection(before[pair.before]?.segments ?? all, after[pair.after]?.segments ?? all)!;
}

/** Undefined if the same people may pass. */
function changeOf([before, after]: Both<People | undefined>): Change | undefined {
  if (areAmong(before, after) && areAmong(after, before)) return undefined;
  return {
    before: allowOf(before),
    after: allowOf(after),
    gains: difference(after, before),
    loses: difference(before, after),
    newlyPublic: after === "everybody",
  };
}

function peopleOfPair(
  policies: Both<GatePolicy>,
  { results }: DecidedPair<Result>,
  isEscaped: boolean,
): Both<People | undefined> {
  const [before, after] = results.map((result, i) =>
    peopleOf(isEscaped && !result?.escapes ? undefined : result?.allow, policies[i]!.closedTo),
  );
  return [before, after];
}
