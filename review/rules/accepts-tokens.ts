/**
 * Which programs may call. The auth handler's settings have the issuers of access tokens. The bearer handler's settings
 * have the options of API behaviors for scripts of other sites and for origins (session/access-tokens.ts).
 */
import { isBearerSettings, isSettings, settingsIn } from "../gateway/gateways";
import { assumingUnchanged } from "../plan/assume";
import type { Change, Plan, Values } from "../plan/plan";
import { at, isMarked, isSame, strings } from "../plan/values";
import { listed, say, words, type Sentence } from "../sentence";
import type { Found, Rule } from "../rule";

type Finding = Omit<Found, "address">;

/** Members of an issuer's settings that determine which tokens count, and for which users. */
const DECIDES: Readonly<Record<string, string>> = {
  issuer: "its issuer",
  tenants: "its tenants",
  profile: "what its tokens look like",
  type: "which kinds of its tokens are accepted",
  audience: "the audiences that its tokens may name",
  jwksUri: "where its keys are",
  algorithms: "which signatures are accepted",
  require: "what its tokens must say",
  roles: "which roles it grants",
  emailDomains: "which e-mail domains it may vouch for",
  trustEmail: "whether its e-mail addresses are trusted without verification",
  subject: "which claim says who calls",
};

export const acceptsTokens: Rule = {
  id: "accepts-tokens",
  title: "Changes which programs may call",
  help: "Anyone who controls an issuer, or can get its token for one of these audiences, can call. Compare issuer, audience and conditions with what its owner told you.",
  find: (plan) =>
    plan.changes
      .filter(({ action }) => action !== "none")
      .map(assumingUnchanged)
      .flatMap((change) => findingsIn(change, plan).map((found) => ({ ...found, address: change.address }))),
};

function findingsIn(change: Change, plan: Plan): Finding[] {
  const [before, after] = [settingsIn(change.before), settingsIn(change.after)];
  if (after === undefined) return [];
  const isHidden = [change.beforeSensitive, change.afterSensitive].some((marker) =>
    isMarked(marker, [change.after!["insecure_value"] === undefined ? "value" : "insecure_value"]),
  );
  if (isSettings(change) && before !== undefined) return issuers(before, after, isHidden);
  if (!isBearerSettings(change)) return [];
  // The handler is new, but the gateway is not.
  const isFirst = plan.changes.some(
    (other) => other.module === change.module && isSettings(other) && other.before !== undefined,
  );
  return before !== undefined || isFirst ? behaviors(before ?? {}, after, isHidden) : [];
}

function issuers(before: Values, after: Values, isHidden: boolean): Finding[] {
  const [was, is] = [before, after].map((settings) => (settings["accessTokens"] ?? {}) as Record<string, Values>);
  const ids = [...new Set([...Object.keys(was!), ...Object.keys(is!)])].sort();
  return ids.flatMap((id): Finding[] => {
    const [old, now] = [was!, is!].map((all) => (Object.hasOwn(all, id) ? all[id] : undefined));
    if (now === undefined)
      return [{ severity: "low", message: say`Access tokens of ${id} are not accepted any more.` }];
    if (old === undefined) {
      const what = isHidden
        ? []
        : say`: those of the issuer ${String(now["issuer"])} for ${listed(strings(now["audience"]))}`;
      return [{ severity: "high", message: say`Access tokens of ${id} are accepted${what}.` }];
    }
    return [...new Set([...Object.keys(old), ...Object.keys(now)])]
      .filter((name) => !isSame(old[name], now[name]))
      .sort()
      .map((name): Finding => ({
        severity: name in DECIDES ? "high" : "low",
        message: say`The issuer of access tokens ${id} changes ${name in DECIDES ? words(DECIDES[name]!) : say`${name}`}${isHidden ? [] : values(old[name], now[name])}.`,
      }));
  });
}

function behaviors(before: Values, after: Values, isHidden: boolean): Finding[] {
  const old = new Map(behaviorsIn(before));
  return behaviorsIn(after).flatMap(([pattern, now]): Finding[] => {
    const was = old.get(pattern) ?? {};
    const [kept, origins] = [was, now].map((behavior) => strings(at(behavior, ["cors", "origins"])));
    const added = origins!.filter((origin) => !kept!.includes(origin));
    const [had, has] = [was, now].map((behavior) => at(behavior, ["cors", "credentials"]) === true);
    return [
      ...(added.length > 0
        ? [
            {
              severity: has || added.includes("*") ? ("high" as const) : ("medium" as const),
              message: say`Scripts of ${isHidden ? words("more sites") : listed(added)} may call ${isHidden ? words("an API") : say`${pattern}`} (CORS).`,
            },
          ]
        : []),
      ...(has && !had
        ? [
            {
              severity: "high" as const,
              message: say`Scripts of other sites may call ${isHidden ? words("an API") : say`${pattern}`} with the user's cookies (CORS).`,
            },
          ]
        : []),
      ...(now["forwardToken"] === true && was["forwardToken"] !== true
        ? [
            {
              severity: "medium" as const,
              message: say`The origin of ${isHidden ? words("an API") : say`${pattern}`} gets the callers' tokens, and can use them elsewhere.`,
            },
          ]
        : []),
    ];
  });
}

function behaviorsIn(settings: Values): [pattern: string, behavior: Values][] {
  const all = settings["behaviors"];
  return (Array.isArray(all) ? all : []).flatMap((pair: unknown): [string, Values][] =>
    Array.isArray(pair) && typeof pair[1] === "object" && pair[1] !== null
      ? [[String(pair[0]), pair[1] as Values]]
      : [],
  );
}

function values(old: unknown, now: unknown): Sentence {
  const text = (value: unknown) =>
    value === undefined ? "nothing" : typeof value === "string" ? value : JSON.stringify(value);
  return say`: ${text(now)} instead of ${text(old)}`;
}
