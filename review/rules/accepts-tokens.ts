/**
 * Which programs may call. The auth handler's settings have the issuers of access tokens. The bearer handler's settings
 * have the options of API behaviors for scripts of other sites and for origins (session/access-tokens.ts).
 */
import { areSettingsHidden, isBearerSettings, isSettings, settingsIn } from "../gateway/gateways";
import type { Values } from "../plan/plan";
import { at, changedMembers, membersOf, strings } from "../plan/values";
import { insteadOf, listed, say, words } from "../sentence";
import { aboutChanges, high, low, medium, type Findings } from "../rule";

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

export const acceptsTokens = aboutChanges({
  id: "accepts-tokens",
  title: "Changes which programs may call",
  help: "Whoever controls an issuer, or can get a token of it for one of these audiences, can call. Compare issuer, audience and conditions with what its owner told you.",
  types: ["aws_ssm_parameter"],
  examine: (change, plan) => {
    const [before, after] = [settingsIn(change.before), settingsIn(change.after)];
    if (after === undefined) return [];
    const isHidden = areSettingsHidden(change);
    if (isSettings(change) && before !== undefined) return issuers(before, after, isHidden);
    if (!isBearerSettings(change)) return [];
    // The handler is new, but the gateway is not.
    const isFirst = plan.changes.some(
      (other) => other.module === change.module && isSettings(other) && other.before !== undefined,
    );
    return before !== undefined || isFirst ? behaviors(before ?? {}, after, isHidden) : [];
  },
});

function issuers(before: Values, after: Values, isHidden: boolean): Findings {
  const [was, is] = [before, after].map((settings) => (settings["accessTokens"] ?? {}) as Record<string, Values>);
  return membersOf(was!, is!).flatMap((id): Findings => {
    const [old, now] = [was!, is!].map((all) => (Object.hasOwn(all, id) ? all[id] : undefined));
    if (now === undefined) return [low(say`Access tokens of ${id} are not accepted any more.`)];
    if (old === undefined) {
      const what = isHidden
        ? []
        : say`: those of the issuer ${String(now["issuer"])} for ${listed(strings(now["audience"]))}`;
      return [high(say`Access tokens of ${id} are accepted${what}.`)];
    }
    return changedMembers(old, now).map((name) =>
      (name in DECIDES ? high : low)(
        say`The issuer of access tokens ${id} changes ${name in DECIDES ? words(DECIDES[name]!) : say`${name}`}${isHidden ? [] : insteadOf(now[name], old[name])}.`,
      ),
    );
  });
}

function behaviors(before: Values, after: Values, isHidden: boolean): Findings {
  const old = new Map(behaviorsIn(before));
  return behaviorsIn(after).flatMap(([pattern, now]): Findings => {
    const was = old.get(pattern) ?? {};
    const [kept, origins] = [was, now].map((behavior) => strings(at(behavior, ["cors", "origins"])));
    const added = origins!.filter((origin) => !kept!.includes(origin));
    const [had, has] = [was, now].map((behavior) => at(behavior, ["cors", "credentials"]) === true);
    const api = isHidden ? words("an API") : say`${pattern}`;
    return [
      added.length > 0 &&
        (has || added.includes("*") ? high : medium)(
          say`Scripts of ${isHidden ? words("more sites") : listed(added)} may call ${api} (CORS).`,
        ),
      has && !had && high(say`Scripts of other sites may call ${api} with the user's cookies (CORS).`),
      now["forwardToken"] === true &&
        was["forwardToken"] !== true &&
        medium(say`The origin of ${api} gets the callers' tokens, and can use them elsewhere.`),
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
