/** A client secret that the provider does not accept is the gateway's fault: nobody loses a session for it. */
import { REFRESH_COOKIE, SESSION_COOKIE } from "../../../../session/cookies";
import { expectPage, setCookies } from "../../../support/answers";
import { withAuth, type AuthEnvironment } from "../../../support/auth-fixture";

const LOGIN = "/_gate/login?return_to=%2Fpage";
const SECRET = "example/client-secret/main";
const GET_SECRET = "secretsmanager.GetSecretValue";
const METHODS = ["client_secret_basic", "client_secret_post"] as const;

const fetches = ({ aws }: AuthEnvironment) => aws.requests.filter((request) => request === GET_SECRET).length;

describe.each(METHODS)("%s", (clientAuthentication) => {
  const withSecret = (body: (own: AuthEnvironment) => Promise<void>) =>
    withAuth({ emulator: { clientAuthentication } }, body);

  test("a new secret is used as soon as the old one is refused", () =>
    withSecret(async (own) => {
      const right = own.aws.secrets.get(SECRET)!;
      own.aws.secrets.set(SECRET, own.secret("the secret of yesterday"));
      const browser = own.browser();
      const begun = await browser.startSignIn("/page");
      // The handler has the old one, and nobody waits until it forgets it.
      await own.browser().signIn();
      own.aws.secrets.set(SECRET, right);
      expect((await browser.navigate(browser.approve(begun))).headers["location"]).toEqual(["/page"]);
    }));

  test("one that stays wrong ends no session, and says when to try again", () =>
    withSecret(async (own) => {
      const right = own.aws.secrets.get(SECRET)!;
      const browser = own.browser();
      await browser.signIn();
      own.clock.advance(901);
      own.aws.secrets.set(SECRET, own.secret("the secret of tomorrow"));
      const before = [browser.jar.get(SESSION_COOKIE), browser.jar.get(REFRESH_COOKIE)];
      for (const response of [
        await browser.navigate(LOGIN),
        await browser.fetch("/_gate/refresh", { method: "POST" }),
      ]) {
        expect([response.status, response.headers["retry-after"]]).toEqual([503, ["30"]]);
        expect(setCookies(response)).toEqual([]);
        expect(await own.logLines(response)).toEqual([
          expect.objectContaining({ outcome: "client_refused", detail: "invalid_client" }),
        ]);
      }
      expect([browser.jar.get(SESSION_COOKIE), browser.jar.get(REFRESH_COOKIE)]).toEqual(before);
      const fresh = await own.browser().signIn();
      expectPage(fresh, 503);
      expect(fresh.body).toContain("not your account");
      own.aws.secrets.set(SECRET, right);
      own.clock.advance(31);
      expect((await browser.navigate(LOGIN)).headers["location"]).toEqual(["/page"]);
    }));

  test("one that stays wrong is read again three times in half a minute, however many ask", () =>
    withSecret(async (own) => {
      own.aws.secrets.set(SECRET, own.secret("the secret of yesterday"));
      await own.browser().signIn();
      const before = fetches(own);
      for (let i = 0; i < 8; i++) expect((await own.browser().signIn()).status).toBe(503);
      expect(fetches(own) - before).toBeLessThanOrEqual(3);
    }));
});

/** What providers answer to a secret that is wrong. */
const ANSWERS: [provider: string, status: number, body: object, headers?: Record<string, string>][] = [
  [
    "Keycloak",
    401,
    { error: "unauthorized_client", error_description: "Invalid client or Invalid client credentials" },
  ],
  ["Entra ID", 401, { error: "invalid_client", error_codes: [7000215] }],
  ["Auth0", 401, { error: "access_denied", error_description: "Unauthorized" }],
  ["Cognito", 400, { error: "invalid_client" }],
  ["a provider that challenges", 401, { error: "invalid_client" }, { "www-authenticate": 'Basic realm="x"' }],
];
test.each(ANSWERS)("the answer of %s is understood", (_provider, ...answer) =>
  withAuth({ emulator: { clientAuthentication: "client_secret_basic" } }, async (own) => {
    const browser = own.browser();
    await browser.signIn();
    own.clock.advance(901);
    // It is asked again if the secret is another by then.
    own.idp.clientRefusals.push(answer, answer);
    const response = await browser.navigate(LOGIN);
    expect(response.status).toBe(503);
    expect(setCookies(response)).toEqual([]);
    expect(await own.logLines(response)).toEqual([expect.objectContaining({ outcome: "client_refused" })]);
    own.idp.clientRefusals.length = 0;
    expect((await browser.navigate(LOGIN)).headers["location"]).toEqual(["/page"]);
  }),
);

/** RFC 6749 asks for 400, and some servers answer 401. Either way it is the grant that they looked at. */
test.each([400, 401])("invalid_grant with %d is about the grant, which is not sent again", (status) =>
  withAuth({ emulator: { clientAuthentication: "client_secret_basic" } }, async (own) => {
    const browser = own.browser();
    await browser.signIn();
    own.clock.advance(901);
    // A retry would find another secret.
    own.aws.secrets.set(SECRET, own.secret("the secret of tomorrow"));
    const answer: [number, object] = [status, { error: "invalid_grant" }];
    own.idp.clientRefusals.push(answer, answer);
    const response = await browser.navigate(LOGIN);
    expect(response.status).toBe(302);
    expect(await own.logLines(response)).toEqual([expect.objectContaining({ outcome: "sign_in_started" })]);
    // The second answer is still there.
    expect(own.idp.clientRefusals).toHaveLength(1);
  }),
);
