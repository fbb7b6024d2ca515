/** What becomes of the claims of a user: only what the policy and the headers need, and never more than text. */
import { SESSION_COOKIE } from "../../../session/cookies";
import { expectNoSession, expectPage, setCookie } from "../../support/answers";
import { startAuth, type AuthEnvironment } from "../../support/auth-fixture";

/** As directories call them. */
const ODD_ROLES = ["/staff", "Domain Users", "Ärzte", "cn=a,ou=b"];
const ALICE = { sub: "alice", email: "alice@example.com", groups: ["staff"] };

let environment: AuthEnvironment;
beforeAll(async () => {
  environment = await startAuth({ idp: { roles: { claim: "groups", grant: ["admin", "staff", ...ODD_ROLES] } } });
});
afterAll(() => environment.close());

test("more groups than an ID token may have give a page that says what to change", async () => {
  environment.idp.user = {
    ...ALICE,
    groups: ["staff", ...Array.from({ length: 4000 }, (_, i) => `group number ${i}`)],
  };
  const response = await environment.browser().signIn();
  expectPage(response, 502);
  expectNoSession(response);
  expect(response.body).toContain("limit the reported groups");
  expect(await environment.logLines(response)).toEqual([expect.objectContaining({ outcome: "id_token_too_large" })]);
});

test("an ID token may have 64 KB", async () => {
  environment.idp.user = {
    ...ALICE,
    groups: ["staff", ...Array.from({ length: 2000 }, (_, i) => `group number ${i}`)],
  };
  const response = await environment.browser().signIn();
  expect(environment.readToken(setCookie(response, SESSION_COOKIE)?.value).roles).toEqual(["staff"]);
});

describe("what an identity provider says about a user stays data", () => {
  const USERS: [string, Record<string, unknown>, Record<string, unknown>][] = [
    [
      "separators of the token in the e-mail address",
      { email: "a~b~admin!staff@example.com" },
      { email: "a~b~admin!staff@example.com", roles: ["staff"] },
    ],
    [
      "separators in the authentication class",
      { acr: "1~admin!admin~" },
      { strength: "1~admin!admin~", roles: ["staff"] },
    ],
    ["separators in a claim", { department: "x~admin~y" }, { claims: { department: ["x~admin~y"] } }],
    ["a role that is two", { groups: ["staff!admin", "admin~"] }, { roles: [] }],
    [
      "roles that the policy does not mention",
      { groups: ["staff", "root", "__proto__", "constructor"] },
      { roles: ["staff"] },
    ],
    ["the same role many times", { groups: Array.from({ length: 500 }, () => "staff") }, { roles: ["staff"] }],
    ["one role as a text", { groups: "admin" }, { roles: ["admin"] }],
    ["roles in one text", { groups: "admin,staff" }, { roles: [] }],
    ["roles as directories call them", { groups: ODD_ROLES }, { roles: ODD_ROLES }],
    ["a role with a space in one text", { groups: "Domain Users" }, { roles: [] }],
    ["a role that is another one encoded", { groups: ["Domain%20Users", "%C3%84rzte"] }, { roles: [] }],
    ["roles of odd types", { groups: [["admin"], { admin: true }, 1, null, "staff"] }, { roles: ["staff"] }],
    ["roles as an object", { groups: { admin: true } }, { roles: [] }],
    ["other letters in an address", { email: "jürgen@例え.jp" }, { email: "jürgen@例え.jp" }],
    [
      "half a character",
      { email: "\ud800@example.com", department: "\udc00" },
      { email: "", claims: {}, roles: ["staff"] },
    ],
    ["a line break in a claim", { department: "a\r\nset-cookie: b=c" }, { claims: {} }],
  ];
  test.each(USERS)("%s", async (_name, user, session) => {
    environment.idp.user = { ...ALICE, ...user };
    const response = await environment.browser().signIn();
    if (response.status === 302)
      expect(environment.readToken(setCookie(response, SESSION_COOKIE)?.value)).toMatchObject(session);
    else expectNoSession(response);
  });

  test("roles as directories call them stay so in a renewal, and where the page asks who the user is", async () => {
    environment.idp.user = { ...ALICE, groups: ODD_ROLES };
    const browser = environment.browser();
    await browser.signIn();
    environment.clock.advance(901);
    expect((await browser.navigate("/_gate/login?return_to=%2Fpage")).headers["location"]).toEqual(["/page"]);
    expect(JSON.parse((await browser.fetch("/_gate/me")).body)).toMatchObject({ roles: ODD_ROLES });
  });

  test.each<[string, Record<string, unknown>]>([
    ["an authentication time that is a text", { auth_time: "yesterday" }],
    ["an authentication time that is no whole number", { auth_time: 1.5 }],
    ["an authentication time before time", { auth_time: -1e20 }],
    ["an authentication class that is a list", { acr: ["1"] }],
    ["a claim that is a number", { department: 42 }],
    ["a claim that is a list", { department: ["a", "b"] }],
    ["half a character in the e-mail address", { email: "\ud800@example.com" }],
    ["an e-mail address that is an object", { email: { toString: 1 } }],
    ["a claim too long for a cookie", { department: "x".repeat(3900) }],
    ["a claim that grows when it is escaped", { department: "é".repeat(1000) }],
  ])("%s gives a session that the gate can read, or a page", async (_name, user) => {
    environment.idp.user = { ...ALICE, ...user };
    const response = await environment.browser().signIn();
    if (response.status !== 302) return expectPage(response, response.status);
    const session = environment.readToken(setCookie(response, SESSION_COOKIE)?.value);
    expect(session.roles).toEqual(["staff"]);
    expect(Number.isInteger(session.authTime) && Number.isInteger(session.expiresAt)).toBe(true);
    expect([session.email, session.strength, ...Object.values(session.claims)].join()).not.toContain("[object");
  });
});
