/** A person and a request's circumstances, as rules see them: for explanations and tests of a policy. */
import { alternativesOf, type Allow, type Conditions } from "./rule";
import { conditionsInWords } from "./allow-in-words";
import type { PolicyRequest } from "./evaluate";
import { leftOf, unmet, type RequestFacts } from "./meets";
import { segmentNumber } from "./path-pattern";
import { encodeText } from "./percent-encoding";
import { needsConditions, requirementText } from "./requirement";
import { ROLE_SEPARATOR, SCOPE_CLAIM } from "./requirement-text";
import { AUTH_TIME, EMAIL, FIRST_CLAIM, IDP, ROLES, STRENGTH, UID } from "../session/token-layout";

/** A person with a valid session. An absent member meets no condition. */
export interface SignedIn {
  roles: readonly string[];
  /** Undefined for a provider that no rule names. */
  idp?: string | undefined;
  uid?: string | undefined;
  scopes?: readonly string[] | undefined;
  claims?: Readonly<Record<string, readonly string[]>> | undefined;
  /** A verified address. */
  email?: string | undefined;
  /** The authentication context class. */
  acr?: string | undefined;
  /** Seconds since the authentication at the identity provider. */
  authAge?: number | undefined;
  /** True for the owner, in each rule that requires an owner. */
  isOwner?: boolean | undefined;
}

/**
 * A request with everything that rules compare besides the session. An absent member meets no condition, except for the
 * time.
 */
export interface CircumstancedRequest extends PolicyRequest {
  /** The viewer's, IPv4 or IPv6. */
  address?: string | undefined;
  /** ISO 3166-1 alpha-2 in upper case. */
  country?: string | undefined;
  /** Unix seconds; now if absent. */
  at?: number | undefined;
}

/** A condition that is not met, in words. */
export interface Lack {
  name: keyof Conditions | "session";
  words: string;
}

/** The gate's result for it (policy/meets.ts). @param path of the rule */
export function lackOf(
  allow: Allow,
  path: string,
  request: CircumstancedRequest,
  person: SignedIn | undefined,
): ReturnType<typeof unmet> {
  const owner = person?.isOwner ? owning(person, allow, path, request) : person;
  return unmet(requirementText({ allow, escapes: false }, path), fieldsOf(request, owner), factsOf(request));
}

/** True if no session can help: the address, the country or the time is wrong for each alternative. */
export function isHopeless(allow: Allow, path: string, request: CircumstancedRequest): boolean {
  return (
    allow !== "nobody" &&
    needsConditions(allow) &&
    leftOf(requirementText({ allow, escapes: false }, path), factsOf(request)) === ""
  );
}

/** The reasons why no session can help: one list for each alternative. */
export function lacksOf(
  allow: Allow,
  path: string,
  request: CircumstancedRequest,
  person: SignedIn | undefined,
): Lack[][] {
  return alternativesOf(allow).map((conditions) => {
    const isMet = (part: Conditions) => lackOf(part, path, request, person) === "";
    const lacks = partsOf(conditions).flatMap((part) =>
      isMet(part) ? [] : conditionsInWords(part).filter(({ name }) => name !== "public"),
    );
    return person || conditions.public ? lacks : [{ name: "session" as const, words: "signed in" }, ...lacks];
  });
}

/** Each condition alone. Those about the request need no session then. */
function partsOf({ public: _, claims = {}, during = {}, ...conditions }: Conditions): Conditions[] {
  const isOfRequest = (name: string) => ["networks", "notNetworks", "countries", "notCountries"].includes(name);
  return [
    ...Object.entries(conditions).flatMap(([name, value]): Conditions[] =>
      value === undefined ? [] : [{ [name]: value, ...(isOfRequest(name) && { public: true }) }],
    ),
    ...Object.entries(during).flatMap(([name, value]): Conditions[] =>
      value === undefined ? [] : [{ public: true, during: { [name]: value } }],
    ),
    ...Object.entries(claims).map(([name, values]) => ({ claims: { [name]: values } })),
  ];
}

/** The same person with the user ID and claim values that the rule requires of an owner. */
function owning(person: SignedIn, allow: Allow, path: string, request: CircumstancedRequest): SignedIn {
  return alternativesOf(allow).reduce((one, { owner }) => {
    if (owner === undefined) return one;
    const { segment, claim } = typeof owner === "string" ? { segment: owner, claim: undefined } : owner;
    const own = request.path.split("/")[segmentNumber(path, segment)] ?? "";
    return claim === undefined ? { ...one, uid: own } : { ...one, claims: { ...one.claims, [claim]: [own] } };
  }, person);
}

function factsOf({ path, address, country, at }: CircumstancedRequest): RequestFacts {
  return { segments: path.split("/"), now: at ?? Date.now() / 1000, address, country };
}

/** The fields of a token's payload (session/token.ts). */
function fieldsOf(request: CircumstancedRequest, person: SignedIn | undefined): string[] | undefined {
  if (!person) return undefined;
  const { uid = "", roles, idp = "", acr = "", email = "", authAge, scopes, claims = {} } = person;
  const fields = Array<string>(FIRST_CLAIM).fill("");
  const joined = (values: readonly string[]) => values.map(encodeText).join(ROLE_SEPARATOR);
  fields[UID] = encodeText(uid);
  fields[ROLES] = joined(roles);
  fields[IDP] = encodeText(idp);
  fields[STRENGTH] = encodeText(acr);
  fields[EMAIL] = encodeText(email);
  if (authAge !== undefined) fields[AUTH_TIME] = Math.round(factsOf(request).now! - authAge).toString(36);
  const all = { ...claims, ...(scopes && { [SCOPE_CLAIM]: scopes }) };
  return [...fields, ...Object.entries(all).flatMap(([name, values]) => [encodeText(name), joined(values)])];
}
