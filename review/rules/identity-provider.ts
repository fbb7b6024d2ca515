/** Who may sign in, and what they then are: the settings of the auth handler (session/settings.ts). */
import { areSettingsHidden, isSettings, settingsIn } from "../gateway/gateways";
import type { Values } from "../plan/plan";
import { at, block, changedMembers, isSame, membersOf, strings } from "../plan/values";
import { insteadOf, say, words, type Sentence } from "../sentence";
import { aboutChanges, high, low, medium, type Findings } from "../rule";

/** Members of a provider's settings that determine who a user is. Others only change how the sign-in works. */
const DECIDES: Readonly<Record<string, string>> = {
  issuer: "its issuer",
  clientId: "its client ID",
  jwksUri: "where its keys are",
  roles: "which roles it grants",
  emailDomains: "which e-mail domains it may vouch for",
  tenants: "which tenants may sign in",
  trustEmail: "whether its e-mail addresses are trusted without verification",
  profile: "how its claims are read",
  clientAuthentication: "how the gateway authenticates there",
  signingAlgorithms: "which signatures are accepted",
};

/** Other parts of the settings that decide who gets in. */
const PARTS: readonly [name: string, what: string][] = [
  ["signInHook", "The sign-in hook, which has a say in who gets in,"],
  ["claims", "The list of claims that applications get"],
];

export const changesIdentityProvider = aboutChanges({
  id: "changes-identity-provider",
  title: "Changes who may sign in",
  help: "The operator of an issuer decides who its users are. Compare issuer and client ID with what the provider's owner told you.",
  types: ["aws_ssm_parameter"],
  examine: (change) => {
    if (!isSettings(change)) return [];
    const [before, after] = [settingsIn(change.before), settingsIn(change.after)];
    if (before === undefined || after === undefined) return [];
    const isHidden = areSettingsHidden(change);
    return [
      ...providers(before, after, "identityProviders", "Identity provider", isHidden),
      ...providers(before, after, "eventTransmitters", "Transmitter of security events", isHidden),
      ...PARTS.flatMap(([name, what]): Findings =>
        isSame(before[name], after[name]) ? [] : [medium(say`${words(what)} changes.`)],
      ),
    ];
  },
});

function providers(before: Values, after: Values, member: string, kind: string, isHidden: boolean): Findings {
  const [was, is] = [before, after].map((settings) => (settings[member] ?? {}) as Record<string, Values>);
  return membersOf(was!, is!).flatMap((id): Findings => {
    const [old, now] = [was![id], is![id]];
    if (now === undefined)
      return [medium(say`${words(kind)} ${id} is removed. Its users cannot sign in or renew any more.`)];
    if (old === undefined)
      return [
        high(
          say`${words(kind)} ${id} is added${isHidden ? [] : say`, with the issuer ${String(now["issuer"])}`}${grants(now, isHidden)}.`,
        ),
      ];
    const more = onlyGrantsMore(old, now);
    if (more !== undefined)
      return [medium(say`${words(kind)} ${id} may also grant ${isHidden ? "more roles" : more.join(", ")}.`)];
    return changedMembers(old, now).map((name) =>
      (name in DECIDES || member === "eventTransmitters" ? high : low)(
        say`${words(kind)} ${id} changes ${words(DECIDES[name] ?? "")}${name in DECIDES ? [] : say`${name}`}${isHidden ? [] : insteadOf(now[name], old[name])}.`,
      ),
    );
  });
}

/** The roles that are new, if nothing else changes: a rule of the policy asks for them. */
function onlyGrantsMore(old: Values, now: Values): string[] | undefined {
  const [was, is] = [old, now].map((provider) => strings(at(provider, ["roles", "grant"])));
  const without = (provider: Values) => ({ ...provider, roles: { ...block(provider["roles"]), grant: undefined } });
  const isOnly = isSame(without(old), without(now)) && was!.every((role) => is!.includes(role));
  return isOnly && is!.length > was!.length ? is!.filter((role) => !was!.includes(role)) : undefined;
}

function grants(now: Values, isHidden: boolean): Sentence {
  const roles = at(now, ["roles", "grant"]);
  return isHidden || !Array.isArray(roles) || roles.length === 0 ? [] : say` and the roles ${roles.join(", ")}`;
}
