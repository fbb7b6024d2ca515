/** Signature algorithms beyond the usual ones count where the config names them, and only those that it names. */
import { SignJWT } from "jose";
import { expectNoSession } from "../../support/answers";
import { HOST, startAuth, type AuthEnvironment } from "../../support/auth-fixture";
import { createSigningKey, type SigningKey } from "../../support/idp/keys";

const NAMED = ["RS384", "RS512", "PS384", "PS512", "ES384", "ES512"];
const USUAL = ["RS256", "PS256", "ES256", "EdDSA"];

let environment: AuthEnvironment;
const keys: Record<string, SigningKey> = {};
beforeAll(async () => {
  environment = await startAuth({ idp: { signingAlgorithms: NAMED } });
  for (const alg of [...NAMED, ...USUAL]) keys[alg] = await createSigningKey(alg, `key-${alg}`);
  environment.idp.publishedKeys = Object.values(keys);
});
afterAll(() => environment.close());

test.each(NAMED)("an ID token signed with %s signs people in and renews their sessions", async (alg) => {
  environment.idp.key = keys[alg]!;
  const browser = environment.browser();
  expect((await browser.signIn("/page")).headers["location"]).toEqual(["/page"]);
  environment.clock.advance(901);
  expect((await browser.navigate("/_gate/login?return_to=%2Fpage")).headers["location"]).toEqual(["/page"]);
});

test.each(USUAL)("one signed with %s does not", async (alg) => {
  environment.idp.key = keys[alg]!;
  const response = await environment.browser().signIn("/page");
  expect(response.status).toBe(502);
  expectNoSession(response);
});

test.each([
  ["ES512", 200],
  ["ES256", 400],
])("a logout token signed with %s gets %d", async (alg, status) => {
  const { idp, clock } = environment;
  const claims = { sub: "alice", jti: alg, events: { "http://schemas.openid.net/event/backchannel-logout": {} } };
  const token = await new SignJWT(claims)
    .setProtectedHeader({ alg, kid: keys[alg]!.kid, typ: "logout+jwt" })
    .setIssuer(idp.issuer)
    .setAudience(idp.clientId)
    .setIssuedAt(clock.now())
    .setExpirationTime(clock.now() + 120)
    .sign(keys[alg]!.privateKey);
  const response = await environment.invoke({
    url: "/_gate/backchannel-logout/main",
    method: "POST",
    headers: { Host: HOST, "Content-Type": "application/x-www-form-urlencoded" },
    body: new URLSearchParams({ logout_token: token }).toString(),
  });
  expect(response.status).toBe(status);
});
