/** `edgegate explain`: what happens to one request, which rule decides it, and why each earlier rule does not. */
import { loadConfig } from "../../config/load";
import type { Config } from "../../config/schema";
import { describeAllow } from "../../policy/decision-table";
import { explainRequest, type Decision, type Explanation, type SignedIn } from "../../policy/explain";
import { readRequestText } from "../../policy/request-text";
import { rolesOf, type PolicyRule } from "../../policy/rule";
import { readingOf } from "../../session/paths";
import { gatePolicy } from "../../stacks/gate-policy";
import { configFile } from "../config-file";
import { CommandFailure } from "../failures";
import type { GlobalOptions } from "../options";
import { columns, type Outcome } from "../output";
import { printable } from "../printable";

export interface ExplainOptions extends GlobalOptions {
  /** Such as `roles=a,b`, `idp=corp`, `anonymous` or `signed-in`. */
  as: readonly string[];
  preflight?: boolean;
}

/** What the gate answers, by the reason in its log. */
const REFUSALS: Record<Extract<Decision, { is: "refused" }>["why"], readonly [status: number, why: string]> = {
  host: [421, "the gateway does not serve this host"],
  path: [400, "the path could be read in two ways; no rule is asked (docs/policy.md)"],
  endpoint: [404, "the path is reserved for the gateway's own endpoints"],
  rule: [403, "no rule matches"],
  escapes: [400, "the path has encoded characters or parameters, and the rule does not set escapes"],
  role: [403, "the session does not have what the rule asks for"],
  closed: [503, "the site is closed (maintenance)"],
};

export function explain(options: ExplainOptions, method: string, url: string): Promise<Outcome> {
  const file = configFile(options);
  const config = loadConfig(file);
  const request = readRequestText(`${method.toUpperCase()} ${url}`, config.domain);
  if ("problem" in request)
    throw new CommandFailure("usage", `${printable(`${method} ${url}`)} is not a request`, request.problem);
  if (options.preflight && request.method !== "OPTIONS")
    throw new CommandFailure("usage", "a CORS preflight is an OPTIONS request", "write OPTIONS as the method");
  const asked = `${request.method} https://${request.host}${request.path}`;
  const other = answeredByOthers(config, request);
  if (other !== undefined)
    return Promise.resolve({
      json: { config: file, request, decidedBy: "gateway" },
      text: `${printable(asked)}\n  ${other}\n`,
    });
  const person = personOf(options.as, config);
  const policy = { ...gatePolicy(config), hosts: gatePolicy(config).hosts!, basePath: config.basePath };
  const found = explainRequest(
    policy,
    { ...request, preflight: options.preflight ?? false, reading: readingOf(request.path) },
    person,
  );
  return Promise.resolve({
    json: { config: file, request, person: person ?? "anonymous", ...found },
    text:
      `${printable(asked)}${options.preflight ? ", a CORS preflight" : ""}, by ${whoInWords(person)}\n` +
      rulesAsked(config.policy, found) +
      `${resultOf(found, config.policy)}\n`,
  });
}

/** Requests that do not come to the gate. */
function answeredByOthers(config: Config, { host, path }: { host: string; path: string }): string | undefined {
  if (config.redirectHosts.includes(host)) return `redirected to https://${config.domain}: no rule applies`;
  const isOwn = path.startsWith(`${config.basePath}/`) && readingOf(path) !== "refused";
  return isOwn ? "belongs to the gateway: anybody can ask, and no rule applies (docs/endpoints.md)" : undefined;
}

/** @throws CommandFailure for what names nobody */
function personOf(as: readonly string[], config: Config): SignedIn | undefined {
  if (as.length === 0 || (as.length === 1 && as[0] === "anonymous")) return undefined;
  let idp: string | undefined;
  const roles: string[] = [];
  for (const text of as) {
    const [, name, value = ""] = /^(roles|idp)=(.+)$/.exec(text) ?? [];
    if (name === "roles") roles.push(...value.split(",").map((role) => role.trim()));
    else if (name === "idp" && idp === undefined) idp = value;
    else if (text !== "signed-in" || as.length > 1)
      throw new CommandFailure(
        "usage",
        `--as ${printable(text)} names nobody`,
        'write --as roles=editor,admin, --as idp=main, --as signed-in or --as anonymous; a role with a comma goes into "tests" of the config',
      );
  }
  const ids = Object.keys(config.identityProviders);
  if (idp !== undefined && !ids.includes(idp))
    throw new CommandFailure("usage", `there is no identity provider ${printable(idp)}`, `write ${ids.join(" or ")}`);
  const known = rolesOf(config.policy);
  const unknown = roles.find((role) => !known.includes(role));
  if (unknown !== undefined)
    throw new CommandFailure(
      "usage",
      `no rule names the role ${printable(unknown)}`,
      known.length === 0 ? "the policy has no roles; write --as signed-in" : `the policy has ${known.join(", ")}`,
    );
  return { roles, idp: idp ?? (ids.length === 1 ? ids[0] : undefined) };
}

function whoInWords(person: SignedIn | undefined): string {
  if (!person) return "a visitor without a session";
  const { roles, idp } = person;
  const held = roles.length === 0 ? "no role" : `the ${roles.length === 1 ? "role" : "roles"} ${roles.join(" and ")}`;
  return `a user with ${held}${idp === undefined ? "" : `, from ${idp}`}`;
}

function rulesAsked(rules: readonly PolicyRule[], { rule, passedOver, decision }: Explanation): string {
  if (rule === undefined && passedOver.length === 0 && !(decision.is === "refused" && decision.why === "rule"))
    return "";
  const name = (index: number) => {
    const { host, methods, path } = rules[index]!;
    return [host, methods?.join(","), path].filter((part) => part !== undefined).join(" ");
  };
  const line = (index: number, said: string) => [
    String(index + 1),
    name(index),
    describeAllow(rules[index]!.allow),
    said,
  ];
  return columns(
    ["rule", "matches", "may pass", ""],
    [
      ...passedOver.map(({ rule, mismatches }) => line(rule, `for another ${mismatches.join(" and ")}`)),
      ...(rule === undefined ? [] : [line(rule, "decides")]),
    ],
  );
}

function resultOf({ decision, rule }: Explanation, rules: readonly PolicyRule[]): string {
  if (decision.is === "allowed")
    return decision.as === "public" ? "Allowed, for everybody" : "Allowed, with this session";
  if (decision.is === "sign-in") {
    const { allow } = rules[rule!]!;
    return `Asked to sign in: a page redirects to sign-in, a program gets 401. May pass: ${describeAllow(allow)}`;
  }
  const [status, why] = REFUSALS[decision.why];
  return `Refused, ${status}: ${why}`;
}
