/** The person in `edgegate explain`: from options, and in words. */
import type { Config } from "../config/schema";
import { durationInWords } from "../policy/duration";
import type { SignedIn } from "../policy/explain";
import { EMAIL_CLAIM, SCOPE_CLAIM } from "../policy/requirement-text";
import { claimsOf, rolesOf } from "../policy/rule";
import { usageFailure } from "./failures";
import { printable } from "./printable";

export interface PersonOptions {
  /** Such as `roles=a,b`, `idp=corp`, `anonymous` or `signed-in`. */
  as: readonly string[];
  /** Such as `plan=premium`. */
  claim: readonly string[];
  scope: readonly string[];
  email?: string;
  acr?: string;
  /** Seconds. */
  authAge?: number;
  uid?: string;
  owner?: boolean;
}

/** @throws CommandFailure for a text that does not describe a person */
export function personOf(options: PersonOptions, config: Config): SignedIn | undefined {
  const { as, claim, scope, email, acr, authAge, uid, owner } = options;
  const details = {
    ...(claim.length > 0 && { claims: claimsIn(claim, config) }),
    ...(scope.length > 0 && { scopes: scopesIn(scope, config) }),
    ...(email !== undefined && { email: addressIn(email) }),
    ...(acr !== undefined && { acr }),
    ...(authAge !== undefined && { authAge }),
    ...(uid !== undefined && { uid }),
    ...(owner && { isOwner: true }),
  };
  const isSomebody = Object.keys(details).length > 0;
  if (as.length === 1 && as[0] === "anonymous" && isSomebody)
    throw usageFailure("a visitor without a session has no claims and no age", "leave out --as anonymous");
  if (as.length === 0 ? !isSomebody : as.length === 1 && as[0] === "anonymous") return undefined;
  return { ...namedIn(as, config), ...details };
}

export function whoInWords(person: SignedIn | undefined): string {
  if (!person) return "a visitor without a session";
  const { roles, idp, scopes, claims = {}, email, acr, authAge, uid, isOwner } = person;
  const held = roles.length === 0 ? "no role" : `the ${roles.length === 1 ? "role" : "roles"} ${roles.join(" and ")}`;
  const more = [
    idp !== undefined && `from ${idp}`,
    isOwner && "as the owner",
    uid !== undefined && `with the uid ${uid}`,
    scopes && `with scope ${scopes.join(" and ")}`,
    ...Object.entries(claims).map(([name, values]) => `claim ${name} ${values.join(" and ")}`),
    email !== undefined && `e-mail ${email}`,
    acr !== undefined && `acr ${acr}`,
    authAge !== undefined && `signed in ${durationInWords(authAge)} ago`,
  ];
  return [`a user with ${held}`, ...more.filter((text) => typeof text === "string")].map(printable).join(", ");
}

function namedIn(as: readonly string[], config: Config): SignedIn {
  let idp: string | undefined;
  const roles: string[] = [];
  for (const text of as) {
    const [, name, value = ""] = /^(roles|idp)=(.+)$/.exec(text) ?? [];
    if (name === "roles") roles.push(...value.split(",").map((role) => role.trim()));
    else if (name === "idp" && idp === undefined) idp = value;
    else if (text !== "signed-in" || as.length > 1)
      throw usageFailure(
        `--as ${printable(text)} names nobody`,
        'write --as roles=editor,admin, --as idp=main, --as signed-in or --as anonymous; a role with a comma goes into "tests" of the config',
      );
  }
  const ids = Object.keys(config.identityProviders);
  if (idp !== undefined && !ids.includes(idp))
    throw usageFailure(`there is no identity provider ${printable(idp)}`, `write ${ids.join(" or ")}`);
  const known = rolesOf(config.policy);
  const unknown = roles.find((role) => !known.includes(role));
  if (unknown !== undefined)
    throw usageFailure(
      `no rule names the role ${printable(unknown)}`,
      known.length === 0 ? "the policy has no roles; write --as signed-in" : `the policy has ${known.join(", ")}`,
    );
  return { roles, idp: idp ?? (ids.length === 1 ? ids[0] : undefined) };
}

function claimsIn(claims: readonly string[], config: Config): Record<string, string[]> {
  const known = claimsOf(config.policy).filter((name) => name !== SCOPE_CLAIM);
  const found = new Map<string, string[]>();
  for (const text of claims) {
    const [, name = "", value = ""] = /^([^=]+)=(.+)$/.exec(text) ?? [];
    if (name === EMAIL_CLAIM || name === SCOPE_CLAIM)
      throw usageFailure(`--claim ${name} has an option of its own`, `write --${name} ${printable(value)}`);
    if (name === "") throw usageFailure(`--claim ${printable(text)} has no value`, "write --claim plan=premium");
    if (!known.includes(name))
      throw usageFailure(
        `no rule compares the claim ${printable(name)}`,
        known.length === 0 ? "leave out --claim" : `the policy compares ${known.join(", ")}`,
      );
    found.set(name, [...(found.get(name) ?? []), value]);
  }
  return Object.fromEntries(found);
}

function scopesIn(scopes: readonly string[], config: Config): readonly string[] {
  if (claimsOf(config.policy).includes(SCOPE_CLAIM)) return scopes;
  throw usageFailure("no rule asks for a scope", "leave out --scope");
}

function addressIn(email: string): string {
  if (/^[^@\s]+@[^@\s]+$/.test(email)) return email;
  throw usageFailure(`--email ${printable(email)} is no address`, "write --email ann@example.com");
}
