/** Everybody of whom the table asks what a requirement says. */
import { person, SECONDS, type Asked } from "./asked";

/** The ID of a user, and a segment of the paths. */
export const ANN = "ann0000000000001";

/** Who asks, and from where. */
export const VISITORS: [name: string, asked: Asked][] = [
  ["nobody signed in", {}],
  ["from elsewhere", { address: "198.51.100.1" }],
  ["from a range of IPv6", { address: "2001:db8::7", country: "DE" }],
  ["from an upper-case address", { address: "2001:DB8:0::FFFF", country: "FR" }],
  ["from ::", { address: "::" }],
  ["from an address of IPv4 written as IPv6", { address: "::ffff:192.0.2.7" }],
  ["the same in hexadecimal", { address: "::ffff:c000:207" }],
  ["from nowhere", { address: "" }],
  ["from what is no address", { address: "192.0.2.x" }],
  ["from a country in lower case", { country: "de" }],
  ["from an empty country", { country: "" }],
  ["no role", { session: person({}), country: "DE" }],
  ["admin", { session: person({ roles: ["admin"] }), country: "FR" }],
  ["admin and staff", { session: person({ roles: ["admin", "staff"] }), address: "10.1.2.3" }],
  ["contractor", { session: person({ roles: ["staff", "contractor"] }), address: "2001:db8::7" }],
  ["the owner", { session: person({ uid: ANN }), country: "DE" }],
  ["the owner by a claim", { session: person({ claims: { team: [ANN, "x"] } }) }],
  [
    "a claim whose value is the name of another",
    { session: person({ claims: { a: ["plan"], pro: ["plan"], plan: ["free"] } }) },
  ],
  ["a plan", { session: person({ claims: { plan: ["pro"] } }), address: "198.51.100.1" }],
  ["several plans with separators", { session: person({ claims: { plan: ["x!pro", "a&b|c", "100%"] } }) }],
  ["scopes", { session: person({ claims: { scope: ["read", "write"] } }) }],
  ["one scope", { session: person({ claims: { scope: ["read"], plan: ["team"] } }) }],
  ["a domain in upper case", { session: person({ email: "bob@EXAMPLE.org" }) }],
  ["a domain that ends alike", { session: person({ email: "bob@notexample.com" }) }],
  ["no address of e-mail", { session: person({ email: "", claims: { email: ["x@example.com"] } }) }],
  ["a strong sign-in", { session: person({ strength: "mfa", authTime: SECONDS - 30 }) }],
  ["a strong one long ago", { session: person({ strength: "mfa", authTime: SECONDS - 100_000 }) }],
  ["a weak one", { session: person({ strength: "pwd", authTime: SECONDS - 30, roles: ["admin"] }) }],
  ["roles of other alphabets and with separators", { session: person({ roles: ["Ärzte", "a!b", "cn=x,ou=y"] }) }],
  ["a role that holds the name of another", { session: person({ roles: ["administrator", "a", "b"] }) }],
  ["another provider", { session: person({ idp: "partner", roles: ["admin"] }) }],
];

const WHOLE = {
  uid: ANN,
  roles: ["admin", "staff"],
  claims: { scope: ["read"], plan: ["pro"], team: ["x"], self: [ANN] },
};
const whole = (more: Parameters<typeof person>[0] = {}, from: Asked = {}): Asked => ({
  country: "DE",
  ...from,
  session: person({ ...WHOLE, ...more }),
});
const claiming = (claims: Record<string, string[]>) => whole({ claims: { ...WHOLE.claims, ...claims } });

/** Somebody who meets all of TOGETHER (requirements.ts), and people who lack one thing each. */
export const HALVES: [name: string, asked: Asked][] = [
  ["all of it", whole()],
  ["all but a role", whole({ roles: ["staff"] })],
  ["all but another role", whole({ roles: ["admin"] })],
  ["all, and a role too many", whole({ roles: ["admin", "staff", "contractor"] })],
  ["all but the provider", whole({ idp: "partner" })],
  ["all but the scope", claiming({ scope: ["write"] })],
  ["all but the plan", claiming({ plan: ["free"] })],
  ["all but the team", claiming({ team: ["y"] })],
  ["all but the name in a claim", claiming({ self: ["x"] })],
  ["all but the domain", whole({ email: "alice@example.org" })],
  ["all but the name", whole({ uid: "bob0000000000002" })],
  ["all but the network", whole({}, { address: "198.51.100.1" })],
  ["all but the network that is left out", whole({}, { address: "10.1.2.3" })],
  ["all but the country", whole({}, { country: "FR" })],
];
