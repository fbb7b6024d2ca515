/** `edgegate explain`: what happens to one request, which rule decides it, and why each earlier rule does not. */
import { loadConfig } from "../../config/load";
import type { Config } from "../../config/schema";
import { describeRequired } from "../../policy/allow-in-words";
import { explainRequest, type Decision, type Explanation, type Lack } from "../../policy/explain";
import { readRequestText } from "../../policy/request-text";
import type { PolicyRule } from "../../policy/rule";
import { readingOf } from "../../session/paths";
import { gatePolicy } from "../../stacks/gate-policy";
import { configFile } from "../config-file";
import { personOf, whoInWords, type PersonOptions } from "../explained-person";
import { usageFailure } from "../failures";
import type { GlobalOptions } from "../options";
import { columns, time, type Outcome } from "../output";
import { printable } from "../printable";

export interface ExplainOptions extends GlobalOptions, PersonOptions {
  preflight?: boolean;
  /** The viewer's. */
  address?: string;
  country?: string;
  /** Unix seconds. */
  at?: number;
}

/** The gate's answer, by the reason in its log. */
const REFUSALS: Record<Extract<Decision, { is: "refused" }>["why"], readonly [status: number, why: string]> = {
  host: [421, "the gateway does not serve this host"],
  path: [400, "the path could be read in two ways; no rule is asked (docs/policy.md)"],
  endpoint: [404, "the path is reserved for the gateway's own endpoints"],
  rule: [403, "no rule matches"],
  nobody: [403, "the rule denies"],
  request: [403, "no session helps: the rule is for other addresses, countries or times"],
  escapes: [400, "the path has encoded characters or parameters, and the rule does not set escapes"],
  role: [403, "the session does not have what the rule asks for"],
  closed: [503, "the site is closed (maintenance)"],
};

export function explain(options: ExplainOptions, method: string, url: string): Promise<Outcome> {
  const file = configFile(options);
  const config = loadConfig(file);
  const request = readRequestText(`${method.toUpperCase()} ${url}`, config.domain);
  if ("problem" in request) throw usageFailure(`${printable(`${method} ${url}`)} is not a request`, request.problem);
  if (options.preflight && request.method !== "OPTIONS")
    throw usageFailure("a CORS preflight is an OPTIONS request", "write OPTIONS as the method");
  const asked = `${request.method} https://${request.host}${request.path}`;
  const other = answeredByOthers(config, request);
  if (other !== undefined)
    return Promise.resolve({
      json: { config: file, request, decidedBy: "gateway" },
      text: `${printable(asked)}\n  ${other}\n`,
    });
  const person = personOf(options, config);
  const { address, country, at } = options;
  const circumstances = {
    ...(address !== undefined && { address }),
    ...(country !== undefined && { country }),
    ...(at !== undefined && { at }),
  };
  const policy = { ...gatePolicy(config), hosts: gatePolicy(config).hosts!, basePath: config.basePath };
  const found = explainRequest(
    policy,
    { ...request, ...circumstances, preflight: options.preflight ?? false, reading: readingOf(request.path) },
    person,
  );
  return Promise.resolve({
    json: { config: file, request: { ...request, ...circumstances }, person: person ?? "anonymous", ...found },
    text:
      `${printable(asked)}${options.preflight ? ", a CORS preflight" : ""}, by ${whoInWords(person)}${where(circumstances)}\n` +
      rulesAsked(config.policy, found) +
      `${resultOf(found, config.policy)}\n` +
      unsaid(found, options),
  });
}

/** Requests that do not reach the gate. */
function answeredByOthers(config: Config, { host, path }: { host: string; path: string }): string | undefined {
  if (config.redirectHosts.includes(host)) return `redirected to https://${config.domain}: no rule applies`;
  const isOwn = path.startsWith(`${config.basePath}/`) && readingOf(path) !== "refused";
  return isOwn ? "belongs to the gateway: anyone can request it, and no rule applies (docs/endpoints.md)" : undefined;
}

function where({ address, country, at }: Pick<ExplainOptions, "address" | "country" | "at">): string {
  return [
    address !== undefined && `, from ${address}`,
    country !== undefined && `, in ${country}`,
    at !== undefined && `, at ${time(at)}`,
  ]
    .filter((text) => text !== false)
    .join("");
}

function rulesAsked(rules: readonly PolicyRule[], { rule, passedOver, decision }: Explanation): string {
  if (rule === undefined && passedOver.length === 0 && !(decision.is === "refused" && decision.why === "rule"))
    return "";
  const name = (index: number) => {
    const { host, methods, path } = rules[index]!;
    return [host, methods?.join(","), path].filter((part) => part !== undefined).join(" ");
  };
  const line = (index: number, said: string) => [String(index + 1), name(index), describeRequired(rules[index]!), said];
  return columns(
    ["rule", "matches", "may pass", ""],
    [
      ...passedOver.map(({ rule, mismatches }) => line(rule, `for another ${mismatches.join(" and ")}`)),
      ...(rule === undefined ? [] : [line(rule, "decides")]),
    ],
  );
}

function resultOf({ decision, rule, lacks = [] }: Explanation, rules: readonly PolicyRule[]): string {
  if (decision.is === "allowed")
    return decision.as === "public" ? "Allowed, without a session" : "Allowed, with this session";
  if (decision.is === "sign-in")
    return `Asked to sign in: a page redirects to sign-in, a program gets 401. May pass: ${describeRequired(rules[rule!]!)}`;
  if (decision.is === "step-up")
    return `Asked to sign in again (step-up): a page redirects to sign-in, a program gets 401${missing(lacks)}`;
  const [status, why] = REFUSALS[decision.why];
  return `Refused, ${status}: ${why}${["role", "request"].includes(decision.why) ? missing(lacks) : ""}`;
}

/** Options that the user may have forgotten. */
function unsaid({ lacks = [], decision }: Explanation, { address, country }: ExplainOptions): string {
  if (decision.is !== "refused") return "";
  const isAbout = (...names: Lack["name"][]) => lacks.flat().some(({ name }) => names.includes(name));
  return [
    ...(address === undefined && isAbout("networks", "notNetworks") ? ["Say where from with --address\n"] : []),
    ...(country === undefined && isAbout("countries", "notCountries") ? ["Say which country with --country\n"] : []),
  ].join("");
}

/** The unmet conditions of each alternative of the rule. */
function missing(lacks: readonly (readonly Lack[])[]): string {
  return lacks
    .map((alternative) => alternative.map(({ words }) => words).join("; "))
    .map((words, i) => `\n  ${i === 0 ? "not met" : "nor    "}  ${printable(words)}`)
    .join("");
}
