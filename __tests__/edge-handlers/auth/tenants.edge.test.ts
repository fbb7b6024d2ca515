/**
 * Entra's endpoint for several tenants: one metadata document, and an issuer for each tenant
 * (https://learn.microsoft.com/entra/identity-platform/access-tokens#validate-the-issuer).
 */
import { TENANT_ID } from "../../../identity/user";
import { SESSION_COOKIE } from "../../../session/cookies";
import type { Session } from "../../../session/token";
import { expectNoSession, expectPage, expectProblem, setCookie } from "../../support/answers";
import { startAuth, type AuthEnvironment } from "../../support/auth-fixture";
import type { EdgeResponse } from "../../support/cloudfront-event";
import type { Tampering } from "../../support/idp/faults";

const [CONTOSO, FABRIKAM, OTHER] = [
  "8eaef023-2b34-4da1-9baa-8bc8c9d6a490",
  "5b6e7a1c-0f0e-4c55-8a3f-111122223333",
  "00000000-aaaa-bbbb-cccc-444455556666",
] as [string, string, string];
const userOf = (tid: string) => ({ ver: "2.0", tid, oid: "one-oid", sub: "one-sub", roles: ["staff"] });

let environment: AuthEnvironment;
beforeAll(async () => {
  environment = await startAuth({
    emulator: { path: `/${TENANT_ID}/v2.0` },
    idp: { profile: "entra", tenants: [CONTOSO, FABRIKAM] },
  });
});
afterAll(() => environment.close());
beforeEach(() => {
  environment.idp.user = userOf(CONTOSO);
  environment.idp.tampering = {};
});

function sessionIn(response: EdgeResponse): Session {
  return environment.readToken(setCookie(response, SESSION_COOKIE)?.value);
}

const issuerOf = (tenant: string) => environment.idp.issuer.replace(TENANT_ID, tenant);

test("users of each tenant that is allowed sign in; the same oid in two tenants is two users", async () => {
  const here = sessionIn(await environment.browser().signIn());
  environment.idp.user = userOf(FABRIKAM);
  const there = sessionIn(await environment.browser().signIn());
  expect([here.roles, there.roles]).toEqual([["staff"], ["staff"]]);
  expect(here.uid).not.toBe(there.uid);
});

test("a user of any other tenant is told so", async () => {
  environment.idp.user = userOf(OTHER);
  const browser = environment.browser();
  const response = await browser.signIn("/page");
  expectPage(response, 403);
  expectNoSession(response);
  expect(response.body).toContain("does not accept accounts of your organization");
  expect(await environment.logLines(response)).toEqual([
    expect.objectContaining({ outcome: "account_not_allowed", detail: "tenant_not_allowed tid" }),
  ]);
  // Entra still knows the browser, so it has to be asked for another account.
  const link = /href="([^"]+)">Use another account</.exec(response.body)![1]!.replaceAll("&amp;", "&");
  environment.idp.user = userOf(CONTOSO);
  const again = await browser.navigate(link);
  const back = await browser.navigate(browser.approve(again.headers["location"]![0]!));
  expect(environment.idp.prompts.at(-1)).toBe("select_account");
  expect(back.headers["location"]).toEqual(["/page"]);
});

test.each<[string, Tampering]>([
  ["the issuer of another tenant that is allowed", { claims: (token) => (token.iss = issuerOf(FABRIKAM)) }],
  ["the issuer of a tenant that is not allowed", { claims: (token) => (token.iss = issuerOf(OTHER)) }],
  ["the issuer with its placeholder", { claims: (token) => (token.iss = environment.idp.issuer) }],
  ["no oid", { claims: (token) => delete token["oid"] }],
  ["version 1.0", { claims: (token) => (token["ver"] = "1.0") }],
])("a token with %s is refused", async (_name, tampering) => {
  environment.idp.tampering = tampering;
  const response = await environment.browser().signIn();
  expectPage(response, 502);
  expectNoSession(response);
});

test.each([
  ["another oid", { ...userOf(CONTOSO), oid: "another-oid" }],
  ["the same oid in another tenant", userOf(FABRIKAM)],
])("a renewal for %s is for another user, and refused", async (_name, user) => {
  const browser = environment.browser();
  await browser.signIn();
  environment.clock.advance(901);
  environment.idp.user = user;
  const response = await browser.fetch("/_gate/refresh", { method: "POST" });
  expectProblem(response, 401);
  expectNoSession(response);
  expect(await environment.logLines(response)).toEqual([expect.objectContaining({ detail: "user_changed" })]);
});

// Last, because each leaves its keys in the handler.
test.each([
  ["all tenants", 302, () => environment.idp.issuer],
  ["the token's tenant", 302, () => issuerOf(CONTOSO)],
  ["another tenant", 502, () => issuerOf(FABRIKAM)],
])("a key of %s: %i", async (_name, status, owner) => {
  await environment.coldStart();
  environment.idp.tampering = {
    jwks: ({ keys }) => ({ keys: keys.map((key) => ({ ...(key as object), issuer: owner() })) }),
  };
  const response = await environment.browser().signIn();
  expect(response.status).toBe(status);
});
