/** What an issuer says about itself and its keys: anything but a proper answer lets nobody in, and the log says why. */
import { startBearer, type BearerEnvironment } from "../../support/bearer-fixture";
import type { Tampering } from "../../support/idp/faults";
import { createSigningKey } from "../../support/idp/keys";

let environment: BearerEnvironment;
beforeEach(async () => void (environment = await startBearer()));
afterEach(() => environment.close());

const discovery = (changes: Record<string, unknown>): Tampering => ({
  discovery: (document) => ({ ...document, ...changes }),
});

/** While an answer is wrong nobody passes, and afterwards everybody does. */
async function expectUnavailable(outcome: string, detail: string): Promise<void> {
  const answer = await environment.ask({ token: await environment.token() });
  expect(answer).toMatchObject({ status: 503, headers: { "retry-after": "5" } });
  expect(await environment.lineAbout(answer)).toMatchObject({ outcome, detail });
  environment.issuer.tampering = {};
  environment.issuer.outages.clear();
  environment.clock.advance(31);
}

const PLACES: [outcome: string, detail: string, tampering: Tampering][] = [
  ["idp_answer_unreadable", "metadata", { discovery: () => [] }],
  ["idp_answer_unreadable", "metadata", { discovery: () => "null" }],
  ["idp_misconfigured", "issuer", discovery({ issuer: undefined })],
  ["idp_misconfigured", "jwks_uri", discovery({ jwks_uri: undefined })],
  ["idp_misconfigured", "jwks_uri", discovery({ jwks_uri: ["https://login.example.com/jwks"] })],
  ["idp_misconfigured", "jwks_uri", discovery({ jwks_uri: "/jwks" })],
  ["idp_misconfigured", "jwks_uri", discovery({ jwks_uri: "http://login.example.com/jwks" })],
];

const SETS: Tampering["jwks"][] = [
  () => "null",
  () => [],
  () => "7",
  () => ({}),
  () => ({ keys: {} }),
  ({ keys }) => ({ keys: [...keys, null] }),
  ({ keys }) => ({ keys: [...keys, "key"] }),
  ({ keys }) => ({ keys: [...keys, []] }),
];

test("metadata that is not what the specification says", async () => {
  for (const [outcome, detail, tampering] of PLACES) {
    environment.issuer.tampering = tampering;
    await expectUnavailable(outcome, detail);
  }
  environment.issuer.outages.set("discovery", "missing");
  await expectUnavailable("idp_misconfigured", "HTTP_404");
  expect((await environment.ask({ token: await environment.token() })).status).toBeUndefined();
});

test("keys that are no JWK set", async () => {
  for (const jwks of SETS) {
    environment.issuer.tampering = { jwks: jwks! };
    await expectUnavailable("idp_answer_unreadable", "jwks");
  }
  environment.issuer.outages.set("jwks", "missing");
  await expectUnavailable("idp_answer_unreadable", "HTTP_404");
  expect((await environment.ask({ token: await environment.token() })).status).toBeUndefined();
});

test("a token without a key ID that several keys fit has no keys fetched: a newer set would not decide either", async () => {
  const { issuer } = environment;
  issuer.publishedKeys = [issuer.key, await createSigningKey("ES256", "second")];
  for (let i = 0; i < 2; i++)
    expect((await environment.ask({ token: await environment.token({}, { kid: undefined }) })).status).toBe(401);
  expect(issuer.count("jwks")).toBe(1);
});
