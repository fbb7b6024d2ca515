/** `tests`: what people must be able to do, and what not. A policy that breaks one cannot be synthesized. */
import { z } from "zod";
import { describeAllow } from "../policy/decision-table";
import { decider, type Decision, type SignedIn } from "../policy/explain";
import { readRequestText } from "../policy/request-text";
import { rolesOf } from "../policy/rule";
import { readingOf } from "../session/paths";
import type { ConfigProblem } from "./error";
import { role, slug } from "./fields";
import { grantsOf } from "./identity-provider";
import { notInPolicy } from "./identity-provider-checks";
import type { Config } from "./schema";

const WHO = 'write "anonymous", "signed-in", or { roles: ["editor"], idp: "main" }';

const requests = (verb: string) =>
  z.array(z.string(`write requests that they ${verb} make, such as "GET /docs/x"`)).default([]);

export const policyTest = z
  .strictObject({
    as: z.union(
      [
        z.literal("anonymous"),
        z.literal("signed-in"),
        z.strictObject({
          roles: z.array(role).min(1, 'name a role, or write as: "signed-in"'),
          idp: slug.optional(),
        }),
        z.strictObject({ idp: slug }),
      ],
      { error: WHO },
    ),
    can: requests("can"),
    cannot: requests("cannot"),
  })
  .refine(({ can, cannot }) => can.length + cannot.length > 0, 'write can: ["GET /docs/x"] or cannot: ["GET /admin"]');

type PolicyTest = z.output<typeof policyTest>;
type Verb = "can" | "cannot";

/**
 * Every expectation that the policy does not meet. A closed site is tested as if it were open. Somebody whose provider is
 * not named must pass, or not pass, with each of them.
 */
export function policyTestProblems(config: Config): ConfigProblem[] {
  const decide = decider({
    rules: config.policy,
    hosts: [config.domain, ...config.alternateDomains],
    basePath: config.basePath,
  });
  return config.tests.flatMap((test, i) => {
    const place = `tests[${i}]`;
    const problems = personProblems(config, test, place);
    if (problems.length > 0) return problems;
    const people = peopleOf(config, test);
    return (["can", "cannot"] as const).flatMap((verb) =>
      test[verb].flatMap((text, j): ConfigProblem[] => {
        const message = requestProblem(config, text) ?? unmet(verb, text);
        return message === undefined ? [] : [{ path: `${place}.${verb}[${j}]`, message }];
      }),
    );

    function unmet(verb: Verb, text: string): string | undefined {
      const request = readRequestText(text, config.domain);
      if ("problem" in request) return undefined;
      for (const person of people) {
        const { decision, rule } = decide({ ...request, reading: readingOf(request.path) }, person);
        if ((decision.is === "allowed") === (verb === "can")) continue;
        const who = people.length > 1 ? `${inWords(test)}, from ${person!.idp},` : inWords(test);
        return verb === "can"
          ? `${who} cannot "${text}": ${reasonOf(config, decision, rule)}`
          : `${who} can "${text}": policy[${rule}] (${config.policy[rule!]!.path}) allows ${describeAllow(config.policy[rule!]!.allow)}; put a stricter rule above it, or move this line to can`;
      }
      return undefined;
    }
  });
}

/** A misspelled name would make every "cannot" true. */
function personProblems(
  { identityProviders, policy, signInHook }: Config,
  { as }: PolicyTest,
  place: string,
): ConfigProblem[] {
  if (typeof as === "string") return [];
  const ids = Object.keys(identityProviders);
  const known = rolesOf(policy);
  const { idp } = as;
  const provider = idp === undefined ? undefined : identityProviders[idp];
  if (idp !== undefined && !provider)
    return [{ path: `${place}.as.idp`, message: `"${idp}" is not among identityProviders; write ${ids.join(" or ")}` }];
  const roles = "roles" in as ? as.roles : [];
  return roles.flatMap((name, i): ConfigProblem[] => {
    const path = `${place}.as.roles[${i}]`;
    if (!known.includes(name)) return [{ path, message: notInPolicy(name, known) }];
    const isGranted =
      !provider || grantsOf(provider, known, ids.length === 1).includes(name) || signInHook?.grant.includes(name);
    return isGranted ? [] : [{ path, message: `"${idp}" does not grant "${name}"; name another role or provider` }];
  });
}

/** Requests that come to no rule would make a test that always passes. */
function requestProblem({ domain, alternateDomains, basePath }: Config, text: string): string | undefined {
  const request = readRequestText(text, domain);
  if ("problem" in request) return `${request.problem}; it is ${JSON.stringify(text)}`;
  const hosts = [domain, ...alternateDomains];
  if (!hosts.includes(request.host)) return `"${request.host}" is not served; write ${hosts.join(" or ")}`;
  const isOwn = `/${request.path.split("/")[1]}` === basePath;
  return isOwn
    ? `${basePath} is reserved for the gateway's own endpoints, to which no rule applies; remove it`
    : undefined;
}

function peopleOf({ identityProviders }: Config, { as }: PolicyTest): (SignedIn | undefined)[] {
  if (as === "anonymous") return [undefined];
  const { roles = [], idp = undefined }: { roles?: string[]; idp?: string | undefined } = as === "signed-in" ? {} : as;
  const ids = idp === undefined ? Object.keys(identityProviders) : [idp];
  return ids.map((id) => ({ roles, idp: id }));
}

function inWords({ as }: PolicyTest): string {
  if (as === "anonymous") return "a visitor without a session";
  if (as === "signed-in") return "a user without a role";
  const roles = "roles" in as ? as.roles : [];
  const held =
    roles.length === 0 ? "without a role" : `with the ${roles.length === 1 ? "role" : "roles"} ${roles.join(" and ")}`;
  return `a user ${held}${as.idp === undefined ? "" : `, from ${as.idp},`}`;
}

/** Why a request does not pass, and what to write. */
function reasonOf({ policy }: Config, decision: Decision, rule: number | undefined): string {
  const why = decision.is === "refused" ? decision.why : "role";
  if (why === "path") return "the gate refuses such a path whatever the rules say; move this line to cannot";
  if (rule === undefined) return "no rule matches; add one, or move this line to cannot";
  const { path, allow } = policy[rule]!;
  const place = `policy[${rule}] (${path})`;
  return why === "escapes"
    ? `${place} does not take encoded characters; write escapes: true there, or move this line to cannot`
    : `${place} requires ${describeAllow(allow)}; change it or put a rule above it, or move this line to cannot`;
}
