/** What the gateway takes from claims, all of which end up in headers of the request to the origin. */
import type { RequestContext } from "../../../edge-handlers/auth/request-context";
import { identify, type Identity } from "../../../edge-handlers/auth/oidc/identity";
import type { RelyingParty } from "../../../edge-handlers/auth/oidc/relying-party";

const NOW = 1_000_000;

function identityWith(claims: Record<string, unknown>): Promise<Identity> {
  const context = {
    now: NOW,
    settings: { claims: ["department", "constructor"] },
  } as unknown as RequestContext;
  const party = {
    settings: {
      issuer: "https://idp.example",
      scopes: ["openid", "email"],
      roles: { claim: "groups", grant: ["admin", "staff"] },
    },
    server: {},
  } as unknown as RelyingParty;
  return identify(context, party, {
    accessToken: "t",
    dpop: undefined,
    idToken: { sub: "alice", ...claims },
    refreshToken: undefined,
    idTokenText: undefined,
  });
}

test.each<[string, Record<string, unknown>, Partial<Identity>]>([
  ["no address of which the provider does not say that it is verified", { email: "a@example.com" }, { email: "" }],
  [
    "an address that the provider verified",
    { email: "a@example.com", email_verified: true },
    { email: "a@example.com" },
  ],
  ["no address that the provider did not verify", { email: "a@example.com", email_verified: false }, { email: "" }],
  ["nor one where it says so in text", { email: "a@example.com", email_verified: "false" }, { email: "" }],
  ["no address longer than addresses are", { email: `${"a".repeat(250)}@b.cd` }, { email: "" }],
  ["no address that could end a header", { email: "a@example.com\r\nx-gate-roles: admin" }, { email: "" }],
  ["no other claim that could end a header", { department: "R\u0000D" }, { claims: {} }],
  [
    "no claim with half a character, which no token could hold",
    { department: "x\ud800", email: "\udc00@example.com" },
    { claims: {}, email: "" },
  ],
  ["a text in any script", { department: "Zürich 東京 🏢" }, { claims: { department: ["Zürich 東京 🏢"] } }],
  [
    "a number, a yes, a list",
    { department: [1, true, "x", { y: 1 }, null] },
    { claims: { department: ["1", "true", "x"] } },
  ],
  ["no object", { department: { name: "x" } }, { claims: {} }],
  [
    "only roles that the policy mentions",
    { groups: ["staff", "admin2", "everyone", 1, ["admin"]] },
    { roles: ["staff"] },
  ],
  ["a single role", { groups: "admin" }, { roles: ["admin"] }],
  ["no role that is part of a text", { groups: "admin,staff" }, { roles: [] }],
  ["the time of authentication", { auth_time: NOW - 5 }, { authTime: NOW - 5 }],
  [
    "the time of authentication as the provider has it, whose clock may be ahead",
    { auth_time: NOW + 300 },
    { authTime: NOW + 300 },
  ],
  ["no time of authentication in the future", { auth_time: NOW + 301 }, { authTime: undefined }],
  ["no time of authentication that is none", { auth_time: -1.5 }, { authTime: undefined }],
])("%s", async (_name, claims, identity) => {
  expect(await identityWith(claims)).toMatchObject(identity);
});

test("no roles where the provider only points to them", async () => {
  await expect(identityWith({ _claim_names: { groups: "src1" } })).rejects.toMatchObject({ code: "groups_overage" });
  await expect(identityWith({ hasgroups: true })).rejects.toMatchObject({ code: "groups_overage" });
});

test("groups that nobody asks for may be too many", async () => {
  expect(await identityWith({ groups: ["admin"], _claim_names: { other: "src1" } })).toMatchObject({
    roles: ["admin"],
  });
});
