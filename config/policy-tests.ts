/** `tests`: what people must be able to do, and what they must not. A policy that fails one cannot be synthesized. */
import { isIP } from "node:net";
import { z } from "zod";
import { describeAllow } from "../policy/decision-table";
import { durationInWords } from "../policy/duration";
import { decider, type Decision, type ExplainedRequest, type SignedIn } from "../policy/explain";
import { lacksOf } from "../policy/person";
import { readRequestText } from "../policy/request-text";
import { EMAIL_CLAIM, SCOPE_CLAIM } from "../policy/requirement-text";
import { alternativesOf, claimsOf, rolesOf, type PolicyRule } from "../policy/rule";
import { readingOf } from "../session/paths";
import { time } from "./conditions";
import type { ConfigProblem } from "./error";
import { duration, role, slug, text } from "./fields";
import { grantsOf } from "./identity-provider";
import { notInPolicy } from "./identity-provider-checks";
import type { Config } from "./schema";

const WHO = 'write "anonymous", "signed-in", or { roles: ["editor"], idp: "main" }';
const NOBODY = 'say who, such as { roles: ["editor"] }, or write as: "signed-in"';

const requests = (verb: string) =>
  z.array(z.string(`write requests that they ${verb} make, such as "GET /docs/x"`)).default([]);

export const policyTest = z
  .strictObject({
    as: z.union(
      [
        z.literal("anonymous"),
        z.literal("signed-in"),
        z
          .strictObject({
            roles: z.array(role).min(1, 'name a role, or write as: "signed-in"').optional(),
            idp: slug.optional(),
            claims: z
              .record(z.string(), z.union([z.string(), z.array(z.string()).min(1)]), 'write { plan: "premium" }')
              .optional(),
            scopes: z.array(z.string(), 'write a list of scopes, such as ["read"]').min(1, "name a scope").optional(),
            email: z.email('write an address, such as "ann@example.com"').optional(),
            acr: z.string("write an authentication context class").optional(),
            authAge: duration(1, 366 * 86_400, 'write how long ago the user signed in, such as "20m"').optional(),
            owner: z.literal(true, "write true, or leave it out").optional(),
          })
          .refine((person) => Object.values(person).some((value) => value !== undefined), NOBODY),
      ],
      { error: WHO },
    ),
    address: z
      .string()
      .refine((text) => isIP(text) > 0, 'write an IP address, such as "192.0.2.7" or "2001:db8::1"')
      .optional(),
    country: text(/^[A-Z]{2}$/, 'a country as ISO 3166 has it, such as "DE"').optional(),
    at: time.optional(),
    can: requests("can"),
    cannot: requests("cannot"),
  })
  .refine(({ can, cannot }) => can.length + cannot.length > 0, 'write can: ["GET /docs/x"] or cannot: ["GET /admin"]');

type PolicyTest = z.output<typeof policyTest>;
type Verb = "can" | "cannot";

/**
 * Every expectation that the policy does not meet. A closed site is tested as if it were open. If a person's provider
 * is not named, the expectation must hold with each provider.
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
      const asked: ExplainedRequest = { ...request, ...circumstancesOf(test), reading: readingOf(request.path) };
      for (const person of people) {
        const { decision, rule } = decide(asked, person);
        const unsaid = rule === undefined ? undefined : unsaidOf(config.policy[rule]!, rule, test, asked, person);
        if (unsaid !== undefined) return unsaid;
        if ((decision.is === "allowed") === (verb === "can")) continue;
        const who = people.length > 1 ? `${inWords(test).replace(/,$/, "")}, from ${person!.idp},` : inWords(test);
        return verb === "can"
          ? `${who} cannot "${text}": ${reasonOf(config, decision, rule)}`
          : `${who} can "${text}": policy[${rule}] (${config.policy[rule!]!.path}) allows ${describeAllow(config.policy[rule!]!.allow)}; put a stricter rule above it, or move this line to can`;
      }
      return undefined;
    }
  });
}

/** Facts that the test must name, because without them the expectation would hold, or fail, only by accident. */
function unsaidOf(
  { path, allow }: PolicyRule,
  rule: number,
  { address, country, at }: PolicyTest,
  request: ExplainedRequest,
  person: SignedIn | undefined,
): string | undefined {
  const place = `policy[${rule}] (${path})`;
  if (at === undefined && alternativesOf(allow).some(({ during }) => during))
    return `${place} holds at some times only; write at: "2026-12-01T09:00:00Z" beside as`;
  const lacks = lacksOf(allow, path, request, person).map((alternative) => alternative.map(({ name }) => name));
  const needs = (...names: string[]) =>
    lacks.some((own) => own.length > 0 && own.every((name) => names.includes(name)));
  if (address === undefined && needs("networks", "notNetworks"))
    return `${place} is for some networks only; write address: "192.0.2.7" beside as`;
  return country === undefined && needs("countries", "notCountries", "networks", "notNetworks")
    ? `${place} is for some countries only; write country: "DE" beside as`
    : undefined;
}

function circumstancesOf({ address, country, at }: PolicyTest): Partial<ExplainedRequest> {
  return { address, country, ...(at !== undefined && { at: Date.parse(at) / 1000 }) };
}

/** A misspelled name would make every "cannot" true. */
function personProblems(
  { identityProviders, policy, signInHook }: Config,
  { as }: PolicyTest,
  place: string,
): ConfigProblem[] {
  if (typeof as === "string") return [];
  const compared = claimsOf(policy);
  const claimProblems = Object.keys(as.claims ?? {}).flatMap((name): ConfigProblem[] => {
    const path = `${place}.as.claims.${name}`;
    if (name === EMAIL_CLAIM) return [{ path, message: 'write email: "ann@example.com" beside claims' }];
    if (name === SCOPE_CLAIM) return [{ path, message: 'write scopes: ["read"] beside claims' }];
    if (compared.includes(name)) return [];
    const known = compared.filter((other) => other !== SCOPE_CLAIM);
    const what = known.length === 0 ? "leave it out" : `write ${known.join(" or ")}`;
    return [{ path, message: `no rule of the policy compares the claim "${name}"; ${what}` }];
  });
  if (claimProblems.length > 0) return claimProblems;
  if (as.scopes && !compared.includes(SCOPE_CLAIM))
    return [{ path: `${place}.as.scopes`, message: "no rule of the policy asks for scopes; leave it out" }];
  const ids = Object.keys(identityProviders);
  const known = rolesOf(policy);
  const { idp } = as;
  const provider = idp === undefined ? undefined : identityProviders[idp];
  if (idp !== undefined && !provider)
    return [{ path: `${place}.as.idp`, message: `"${idp}" is not among identityProviders; write ${ids.join(" or ")}` }];
  const { roles = [] } = as;
  return roles.flatMap((name, i): ConfigProblem[] => {
    const path = `${place}.as.roles[${i}]`;
    if (!known.includes(name)) return [{ path, message: notInPolicy(name, known) }];
    const isGranted =
      !provider || grantsOf(provider, known, ids.length === 1).includes(name) || signInHook?.grant.includes(name);
    return isGranted ? [] : [{ path, message: `"${idp}" does not grant "${name}"; name another role or provider` }];
  });
}

/** A request that reaches no rule would make a test that always passes. */
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
  const { roles = [], idp, owner, claims = {}, ...details } = as === "signed-in" ? {} : as;
  const ids = idp === undefined ? Object.keys(identityProviders) : [idp];
  const values = Object.fromEntries(Object.entries(claims).map(([name, value]) => [name, [value].flat()]));
  return ids.map((id) => ({ ...details, roles, idp: id, claims: values, isOwner: owner }));
}

function inWords({ as }: PolicyTest): string {
  if (as === "anonymous") return "a visitor without a session";
  if (as === "signed-in") return "a user without a role";
  const { roles = [], idp, owner, claims = {}, scopes, email, acr, authAge } = as;
  const held =
    roles.length === 0 ? "without a role" : `with the ${roles.length === 1 ? "role" : "roles"} ${roles.join(" and ")}`;
  const more = [
    ...(owner ? ["as the owner"] : []),
    ...Object.entries(claims).map(([name, value]) => `claim ${name} ${[value].flat().join(" and ")}`),
    ...(scopes ? [`scope ${scopes.join(" and ")}`] : []),
    ...(email === undefined ? [] : [`e-mail ${email}`]),
    ...(acr === undefined ? [] : [`acr ${acr}`]),
    ...(authAge === undefined ? [] : [`signed in ${durationInWords(authAge)} ago`]),
    ...(idp === undefined ? [] : [`from ${idp}`]),
  ];
  return `a user ${[held, ...more].join(", ")}${more.length > 0 ? "," : ""}`;
}

/** The reason why a request does not pass, and what to write. */
function reasonOf({ policy }: Config, decision: Decision, rule: number | undefined): string {
  const why = decision.is === "refused" ? decision.why : "role";
  if (why === "path") return "the gate refuses such a path whatever the rules say; move this line to cannot";
  if (rule === undefined) return "no rule matches; add one, or move this line to cannot";
  const { path, allow } = policy[rule]!;
  const place = `policy[${rule}] (${path})`;
  if (why === "nobody") return `${place} denies it; put a rule above it, or move this line to cannot`;
  return why === "escapes"
    ? `${place} does not take encoded characters; write escapes: true there, or move this line to cannot`
    : `${place} requires ${describeAllow(allow)}; change it or put a rule above it, or move this line to cannot`;
}
