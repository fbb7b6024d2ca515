/**
 * The effect of a policy change: who gains or loses access to which paths, by which methods, on which host. It is
 * exact: the rows cover all requests and people whose decision changes, and no others
 * (docs/decisions/0051-access-diff.md).
 */
import type { GatePolicy } from "../read-source";
import type { AccessChange, ComparedPolicy } from "./access-change";
import { peopleKey } from "../people/key";
import { isEverybody, onPaths, peopleOf, type People } from "../people/people";
import { differenceInWords } from "../people/words";
import { decidedPairs, type DecidedPair } from "./decided-pairs";
import { droppedConditions } from "./dropped-conditions";
import { intersection, segmentsOf, type Segments } from "../patterns";
import type { Allow } from "../rule";
import { regionsOf, type Region } from "./regions";
import { hostClasses, METHOD_CLASSES, rulesFor, type Result } from "./request-classes";
import { joinHosts, joinMethods } from "./join";

export type { AccessChange, ComparedPolicy, ConditionName, MethodName } from "./access-change";

/** The change for some paths. */
type Change = Pick<AccessChange, "escapes" | "before" | "after" | "gains" | "loses" | "newlyPublic" | "newlyWithout">;

/**
 * Rows that together are exactly the difference; empty if there is none. Newly public paths come first.
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
        const segments = patternOfPair(rules, pair);
        const admitted = pair.results.map((result, i) => admittedBy(result, policies[i]!, segments, isEscaped));
        const change = changeOf([admitted[0]!, admitted[1]!]);
        return {
          segments,
          change,
          key: change ? JSON.stringify([...admitted.map(keyOf), change.newlyWithout]) : "",
          isReal: !isEscaped || pair.isByUnnamed,
        };
      }),
    );
  const [plain, escaped] = [regions(false), regions(true)];
  const textOf = (region: Region<Change>) => JSON.stringify(region);
  const ofEscaped = new Set(escaped.map(textOf));
  const shared = new Set(plain.map(textOf).filter((text) => ofEscaped.has(text)));
  const marked = (region: Region<Change>, escapes: "only" | "also") => ({
    ...region,
    change: { ...region.change, escapes },
  });
  return [
    ...plain.map((region) => (shared.has(textOf(region)) ? marked(region, "also") : region)),
    ...escaped.filter((region) => !shared.has(textOf(region))).map((region) => marked(region, "only")),
  ];
}

function patternOfPair([before, after]: Both<readonly ResultRule[]>, pair: DecidedPair<Result>): Segments {
  const all = segmentsOf("/**");
  return intersection(before[pair.before]?.segments ?? all, after[pair.after]?.segments ?? all)!;
}

/** Who may pass, as the rule says. */
interface Admitted {
  /** Undefined if nobody may, without a rule that says so. */
  allow: Allow | undefined;
  people: People;
}

function admittedBy(
  result: Result | undefined,
  { closedTo }: GatePolicy,
  segments: Segments,
  isEscaped: boolean,
): Admitted {
  if (!result || closedTo?.length === 0 || (isEscaped && !result.escapes)) return { allow: undefined, people: [] };
  const { allow, path } = result;
  const isRoleOnly = closedTo && (allow === "public" || allow === "signed-in");
  return {
    allow: isRoleOnly ? { roles: [...closedTo] } : allow,
    people: onPaths(peopleOf(allow, path, closedTo), segments),
  };
}

function keyOf({ allow, people }: Admitted): string {
  return allow === "nobody" ? allow : peopleKey(people);
}

/** Undefined if the same people may pass. */
function changeOf([before, after]: Both<Admitted>): Change | undefined {
  if (peopleKey(before.people) === peopleKey(after.people)) return undefined;
  const gains = differenceInWords(after.people, before.people);
  const loses = differenceInWords(before.people, after.people);
  if (gains.length + loses.length === 0) return undefined;
  const newlyWithout = droppedConditions(before, after);
  return {
    before: before.allow,
    after: after.allow,
    gains,
    loses,
    newlyPublic: isEverybody(after.people),
    ...(newlyWithout.length > 0 && { newlyWithout }),
  };
}
