/** Every kind of requirement, by topic: what a rule of the table requires. */
import { DAYS, type Allow, type PolicyRule } from "../../../policy/rule";
import { NOW } from "./asked";

/** What a rule requires, and in which words of the config. */
type Required = Pick<PolicyRule, "allow" | "requirement">;

/** Hours around now, the two days that a test can run on, and what is far from them. */
const hour = (offset: number) => `${String((NOW.getUTCHours() + offset + 24) % 24).padStart(2, "0")}:00`;
const day = (offset: number) => DAYS[(NOW.getUTCDay() + 6 + offset) % 7]!;
const NEAR = [0, 1].map(day);
const FAR = [2, 3, 4, 5, 6].map(day);
const ago = (days: number) => new Date(NOW.getTime() - days * 86_400_000).toISOString().replace(/[.]\d+/, "");

const PEOPLE: Allow[] = [
  "public",
  "signed-in",
  "nobody",
  { roles: ["staff"] },
  { roles: ["admin", "staff"] },
  { roles: ["Ärzte"] },
  { roles: ["a!b", "cn=x,ou=y"] },
  { idp: ["main"] },
  { idp: ["other", "partner"] },
  { roles: ["admin"], idp: ["partner"] },
  { allRoles: ["admin", "staff"] },
  { allRoles: ["a!b", "Ärzte"] },
  { notRoles: ["contractor"] },
  { notRoles: ["a!b", "admin"] },
  { roles: ["admin", "staff"], notRoles: ["contractor"], idp: ["main"] },
];

const TOKENS: Allow[] = [
  { scopes: ["read"] },
  { scopes: ["read", "write"] },
  { claims: { plan: ["pro", "team"] } },
  { claims: { plan: ["a&b|c"] } },
  { claims: { plan: ["100%"] } },
  { claims: { plan: ["plan"] } },
  { claims: { plan: ["x!pro"], team: ["x"] } },
  { claims: { email: ["alice@example.com"] } },
  { emailDomains: ["example.com", "example.org"] },
];

const SIGN_INS: Allow[] = [
  { acr: ["mfa"] },
  { acr: ["pwd", "urn:mace:incommon:iap:silver"] },
  { maxAge: 3600 },
  { roles: ["admin"], acr: ["mfa"], maxAge: 3600 },
];

const NETWORKS: Allow[] = [
  { networks: ["192.0.2.0/24", "2001:db8::/32"] },
  { networks: ["0.0.0.0/0"] },
  { networks: ["::/0"] },
  { notNetworks: ["192.0.2.0/25"] },
  { notNetworks: ["2001:db8::/127"] },
  { public: true, networks: ["192.0.2.7/32", "::/128"] },
  { public: true, notNetworks: ["10.0.0.0/8", "192.0.2.4/30"] },
];

const COUNTRIES: Allow[] = [
  { public: true, countries: ["DE"] },
  { countries: ["DE", "FR"] },
  { notCountries: ["FR"] },
  { public: true, notCountries: ["DE", "US"] },
];

const TIMES: Allow[] = [
  { during: { from: "2020-01-01T00:00:00Z" } },
  { during: { until: "2020-01-01T00:00:00Z" } },
  { during: { from: ago(2), until: ago(-2) } },
  { public: true, during: { from: ago(-2) } },
  { public: true, during: { days: NEAR } },
  { public: true, during: { days: FAR } },
  { roles: ["admin"], during: { hours: `${hour(-3)}-${hour(3)}` } },
  { during: { hours: `${hour(3)}-${hour(-3)}` } },
  { public: true, during: { hours: "00:00-24:00", days: [...DAYS] } },
];

/** Of the segment `{user}`. */
const OWNERS: Allow[] = [
  { owner: "user" },
  [{ owner: "user" }, { roles: ["admin"] }],
  { owner: { segment: "user", claim: "team" } },
];

const LISTS: Allow[] = [
  [{ roles: ["staff"] }, { claims: { plan: ["pro"] } }],
  [{}, { public: true, networks: ["192.0.2.0/24"] }],
  [{ networks: ["10.0.0.0/8"] }, { acr: ["mfa"] }, { claims: { plan: ["pro"] }, emailDomains: ["example.com"] }],
];

/** Of each, somebody fails exactly one condition: see HALVES in visitors.ts. */
const TOGETHER: Allow[] = [
  { roles: ["admin"], idp: ["main"], scopes: ["read"] },
  { allRoles: ["admin", "staff"], claims: { plan: ["pro"] }, emailDomains: ["example.com"] },
  { notRoles: ["contractor"], scopes: ["read"], claims: { team: ["x"] } },
  { owner: "user", roles: ["admin"], emailDomains: ["example.com"] },
  { idp: ["main"], owner: { segment: "user", claim: "self" }, claims: { plan: ["pro"] } },
];
const TOGETHER_FROM: Allow[] = [
  { roles: ["admin"], networks: ["192.0.2.0/24"], countries: ["DE"] },
  { scopes: ["read"], notNetworks: ["10.0.0.0/8"], notCountries: ["FR"] },
];
/** Of each, somebody meets a part of every alternative, and none. */
const PARTS: Allow[] = [
  [
    { roles: ["admin"], scopes: ["read"] },
    { idp: ["partner"], claims: { plan: ["pro"] } },
  ],
  [
    { owner: "user", idp: ["partner"] },
    { roles: ["admin"], scopes: ["read"] },
  ],
];

const OFFICE: Allow = [{ idp: ["main"], networks: ["192.0.2.0/24"] }, { acr: ["mfa"] }];
const PAYING: Allow = { claims: { plan: ["pro", "team"] } };
/** Shared by rules, and one that is the same as a list of roles. */
const NAMED: Required[] = [
  { requirement: "office", allow: OFFICE },
  { requirement: "paying", allow: PAYING },
  { requirement: "office", allow: OFFICE },
  { requirement: "leads", allow: { roles: ["admin", "staff"] } },
];

const unnamed = (allows: readonly Allow[]): Required[] => allows.map((allow) => ({ allow }));

/** One policy each, so that every gate has the parts that its rules need, and no others. */
export const REQUIREMENTS: Readonly<Record<string, readonly Required[]>> = {
  people: unnamed(PEOPLE),
  "claims and scopes": unnamed(TOKENS),
  "how and when somebody signed in": unnamed(SIGN_INS),
  networks: unnamed(NETWORKS),
  countries: unnamed(COUNTRIES),
  times: unnamed(TIMES),
  owners: unnamed(OWNERS),
  lists: unnamed(LISTS),
  "requirements with a name": NAMED,
};

/** Each is asked of {@link HALVES} only. */
export const TOGETHERS: Readonly<Record<string, readonly Required[]>> = {
  "several conditions": unnamed(TOGETHER),
  "several conditions, also on the visitor": unnamed(TOGETHER_FROM),
  "alternatives of several conditions": unnamed(PARTS),
};
