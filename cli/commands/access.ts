/** `edgegate access`: who can open a path, and which rule says so. Reads the config only. */
import { relative } from "node:path";
import { grantsOf, type IdentityProvider } from "../../config/identity-provider";
import { loadConfig } from "../../config/load";
import type { Config } from "../../config/schema";
import { profileOf } from "../../identity/profiles";
import { accessBelow, accessToPath, type Access, type Method } from "../../policy/access";
import { describeAllow } from "../../policy/decision-table";
import { mismatches } from "../../policy/deciding-rule";
import { alternativesOf, METHODS, pathPatternProblem, rolesOf, type Allow } from "../../policy/rule";
import { ESCAPED, PLAIN, readPath, REFUSED } from "../../session/paths";
import { hostsOf } from "../../stacks/settings";
import { configFile } from "../config-file";
import { usageFailure } from "../failures";
import type { GlobalOptions } from "../options";
import { columns, facts, type Outcome } from "../output";
import { printable } from "../printable";

/** Replaces an identity provider's ID, which never contains a space. */
const HOOK = "the sign-in hook";
const COLUMNS = ["host", "methods", "path", "may pass", "rule"];

export function access(
  { method, host, ...options }: GlobalOptions & { method?: Method; host?: string },
  path: string,
): Promise<Outcome> {
  const file = configFile(options);
  const config = loadConfig(file);
  const hosts = host === undefined ? hostsOf(config) : [host.toLowerCase()];
  if (!hosts.every((name) => hostsOf(config).includes(name)))
    throw usageFailure(
      `${JSON.stringify(printable(host!))} is not a host of the config`,
      `write one of ${hostsOf(config).join(", ")}`,
    );
  const reading = pathReading(path);
  const own = ownPath(config, path);
  if (own !== undefined)
    return Promise.resolve({ json: { config: file, path, decidedBy: "gateway", rows: [] }, text: own });
  const methods = method === undefined ? METHODS : [method];
  const isPattern = path.includes("*");
  const found = (isPattern ? accessBelow : accessToPath)(config.policy, hosts, methods, path);
  const rows = found.map((row) => described(config, row, reading === ESCAPED));
  return Promise.resolve({
    json: { config: file, path, rows },
    text:
      `Who can open ${path}, according to ${relative("", file)}\n` +
      columns(COLUMNS, shared(config, rows, hosts)) +
      grants(config, rows) +
      (isPattern ? "" : passedOver(config, found, path)) +
      notes(config, found),
  });
}

/** @throws CommandFailure for a text that is neither a request's path nor a pattern */
function pathReading(path: string): typeof PLAIN | typeof ESCAPED {
  const problem = path.includes("*") ? pathPatternProblem(path) : undefined;
  if (problem !== undefined) throw usageFailure(`${printable(path)} is not a pattern`, problem);
  const [, query] = path.split(/[?#]/);
  if (!path.startsWith("/") || query !== undefined)
    throw usageFailure(
      `${printable(path)} is not a path`,
      'write the path alone, such as "/admin/users", or a pattern in quotes, such as "/admin/**"',
    );
  const reading = path.includes("*") ? PLAIN : readPath(path);
  if (reading === REFUSED)
    throw usageFailure(
      `the gateway refuses ${printable(path)} whatever the policy says`,
      "such a path can be read in two ways (docs/policy.md)",
    );
  return reading;
}

/** The gateway's own endpoints answer before any rule. */
function ownPath({ basePath }: Config, path: string): string | undefined {
  if (path !== basePath && !path.startsWith(`${basePath}/`)) return undefined;
  return `${path} belongs to the gateway: anyone can request it, and no rule applies (docs/endpoints.md)\n`;
}

interface Row extends Access {
  /** Who may pass, in words. */
  mayPass: string;
  allow?: Allow;
  /** By role that the rule names: the identity providers that may grant it, and the sign-in hook. */
  grantedBy?: Record<string, string[]>;
}

function described({ policy, identityProviders, signInHook }: Config, row: Access, isEscaped: boolean): Row {
  const rule = row.rule === undefined ? undefined : policy[row.rule]!;
  if (rule === undefined) return { ...row, mayPass: "nobody" };
  if (isEscaped && !rule.escapes) return { ...row, mayPass: "nobody: the rule does not take escapes" };
  const allow: Allow = rule.allow;
  const names = distinctRoles(allow);
  const isOnly = Object.keys(identityProviders).length === 1;
  const granting = (role: string) => [
    ...Object.entries(identityProviders)
      .filter(([, provider]) => claimOf(provider) !== undefined)
      .filter(([, provider]) => grantsOf(provider, rolesOf(policy), isOnly).includes(role))
      .map(([id]) => id)
      .filter((id) => alternativesOf(allow).some(({ idp }) => idp?.includes(id) ?? true)),
    ...(signInHook?.grant.includes(role) ? [HOOK] : []),
  ];
  return {
    ...row,
    allow,
    mayPass: describeAllow(allow),
    ...(names.length > 0 && { grantedBy: Object.fromEntries(names.map((role) => [role, granting(role)])) }),
  };
}

function distinctRoles(allow: Allow): string[] {
  return [...new Set(alternativesOf(allow).flatMap(({ roles = [], allRoles = [] }) => [...roles, ...allRoles]))];
}

/** The claim with the roles in a provider's tokens; undefined if it has none. */
function claimOf({ profile, roles }: IdentityProvider): string | undefined {
  return roles.claim ?? profileOf(profile).roles;
}

/** Rows that are the same for every host become one. */
function shared({ policy }: Config, rows: readonly Row[], hosts: readonly string[]): string[][] {
  const keyOf = ({ rule, methods, mayPass }: Row) => JSON.stringify([rule, methods, mayPass]);
  const keys = [...new Set(rows.map(keyOf))];
  const line = (row: Row, host: string) => [
    host,
    row.methods.length === METHODS.length ? "any" : row.methods.join(", "),
    row.rule === undefined ? `${row.path}${row.path.includes("*") ? ", what is left" : ""}` : row.path,
    row.mayPass,
    row.rule === undefined ? "none" : `${row.rule + 1}: ${policy[row.rule]!.path}`,
  ];
  return keys.flatMap((key) => {
    const same = rows.filter((row) => keyOf(row) === key);
    return same.length === hosts.length && hosts.length > 1
      ? [line(same[0]!, "any")]
      : same.map((row) => line(row, row.host));
  });
}

function grants({ identityProviders }: Config, rows: readonly Row[]): string {
  const all = new Map(rows.flatMap(({ grantedBy = {} }) => Object.entries(grantedBy)));
  if (all.size === 0) return "";
  const sourceOf = (id: string) => (id === HOOK ? HOOK : `${id} (claim ${claimOf(identityProviders[id]!)})`);
  return (
    "Roles are granted by\n" +
    facts(
      [...all].map(([role, ids]) => [printable(role), ids.length === 0 ? "no provider" : ids.map(sourceOf).join(", ")]),
    )
  );
}

/** Why earlier rules do not decide. */
function passedOver({ policy }: Config, found: readonly Access[], path: string): string {
  const deciders = found.map(({ rule = policy.length }) => rule);
  const earlier = [...policy.entries()].filter(([index]) => index < Math.max(...deciders) && !deciders.includes(index));
  if (earlier.length === 0) return "";
  const requests = found.flatMap(({ host, methods }) => methods.map((method) => ({ host, method, path })));
  const lines = earlier.map(([index, rule]): [string, string] => {
    const each = requests.map((request) => mismatches(rule, request));
    const always = each[0]!.filter((part) => each.every((parts) => parts.includes(part)));
    const said = always.length > 0 ? always.join(" and ") : [...new Set(each.flat())].join(" or ");
    return [`${index + 1}: ${rule.path}`, `for another ${said}`];
  });
  return `Other rules before these do not match\n${facts(lines)}`;
}

function notes({ policy }: Config, found: readonly Access[]): string {
  const preflight = found.find(({ rule }) => rule !== undefined && policy[rule]!.preflight === "pass");
  return preflight ? `Rule ${preflight.rule! + 1} lets CORS preflights pass without a session\n` : "";
}
