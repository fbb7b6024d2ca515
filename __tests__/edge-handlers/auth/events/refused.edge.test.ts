/** Only security events of the transmitter that the config names are taken, and a flaw ends nothing. */
import { expectProblem } from "../../../support/answers";
import type { ViewerRequest } from "../../../support/cloudfront-event";
import { commonFlaws, sign, withClaims, withHeader, type Flaw } from "../../../support/event-tokens";
import {
  alice,
  CAEP,
  commandsOf,
  cutOff,
  draft,
  environment,
  expectAccepted,
  expectRefused,
  push,
  RISC,
  WEEK,
} from "./transmitters";

const subject = (value: unknown) => withClaims((claims) => (claims["sub_id"] = value));
const payload = (value: object) => withClaims((claims) => (claims["events"] = { [`${CAEP}session-revoked`]: value }));

const FLAWS: Flaw[] = [
  ...commonFlaws(WEEK),
  ["of a logout token's type", "type", withHeader({ typ: "logout+jwt" })],
  ["of the type of every JWT", "type", withHeader({ typ: "JWT" })],
  ["without a type", "type", withHeader({ typ: undefined })],
  ["with the subject of another kind of token", "claims", withClaims((claims) => (claims.sub = "alice"))],
  ["with an empty subject of another kind of token", "claims", withClaims((claims) => (claims.sub = ""))],
  ["with an expiry, as ID tokens have it", "claims", withClaims((claims) => (claims.exp = claims.iat! + 300))],
  ["that expired", "time", withClaims((claims) => (claims.exp = claims.iat! - 300))],
  ["without a subject", "subject", withClaims((claims) => delete claims["sub_id"])],
  ["about null", "subject", subject(null)],
  ["about a text", "subject", subject("alice")],
  ["about a list", "subject", (honest) => subject([honest.claims["sub_id"]])(honest)],
  ["about an address", "subject", subject({ format: "email", email: "alice@example.com" })],
  [
    "about aliases",
    "subject",
    (honest) => subject({ format: "aliases", identifiers: [honest.claims["sub_id"]] })(honest),
  ],
  [
    "about a user of another issuer",
    "subject",
    subject({ format: "iss_sub", iss: "https://evil.example", sub: "alice" }),
  ],
  ["about a user of no issuer", "subject", subject({ format: "iss_sub", sub: "alice" })],
  [
    "about a user without a name",
    "subject",
    (honest) => subject({ ...(honest.claims["sub_id"] as object), sub: undefined })(honest),
  ],
  [
    "about a user with an empty name",
    "subject",
    (honest) => subject({ ...(honest.claims["sub_id"] as object), sub: "" })(honest),
  ],
  [
    "about a user whose name is a number",
    "subject",
    (honest) => subject({ ...(honest.claims["sub_id"] as object), sub: 7 })(honest),
  ],
  ["about an opaque subject without an id", "subject", subject({ format: "opaque" })],
  [
    "about a subject of a format that every object has",
    "subject",
    subject({ format: "constructor", issuer: "https://evil.example", id: "alice" }),
  ],
  [
    "about a subject whose format is a list",
    "subject",
    (honest) => subject({ ...(honest.claims["sub_id"] as object), format: ["iss_sub"] })(honest),
  ],
  [
    "about a subject whose format is null",
    "subject",
    (honest) => subject({ ...(honest.claims["sub_id"] as object), format: null })(honest),
  ],
  ["about a complex subject without members", "subject", subject({ format: "complex" })],
  ["about a device", "subject", subject({ format: "complex", device: { format: "opaque", id: "d" } })],
  [
    "about a complex user",
    "subject",
    (honest) => subject({ format: "complex", user: { format: "complex", user: honest.claims["sub_id"] } })(honest),
  ],
  [
    "about a user and an unreadable session",
    "subject",
    (honest) => subject({ format: "complex", user: honest.claims["sub_id"], session: "s" })(honest),
  ],
  ["at a time that is a text", "claims", payload({ event_timestamp: "1600000000" })],
  ["at a time that is null", "claims", payload({ event_timestamp: null })],
  ["at a time before all time", "claims", payload({ event_timestamp: -1 })],
];

describe("an event is refused", () => {
  test.each(FLAWS)("%s", async (_name, reason, make) => {
    const honest = draft();
    const refused = async () => {
      const response = await push(await make(honest));
      expectRefused(response, reason);
      expect(await environment.logLines(response)).toEqual([
        expect.objectContaining({
          endpoint: "events",
          outcome: "refused",
          detail: expect.stringMatching(`^corp: ${reason}\\b`) as unknown,
        }),
      ]);
    };
    expect(await commandsOf(refused)).toEqual([]);
    // Nothing else was wrong with it.
    expect(await commandsOf(async () => expectAccepted(await push(await sign(honest))))).toEqual([
      cutOff("CAEP session-revoked", honest.claims.iat),
    ]);
  });

  test.each(["credential-change", "account-disabled"])("that %s of a session without its user", async (name) => {
    const uri = (name.startsWith("c") ? CAEP : RISC) + name;
    const token = await sign(draft(uri, { sub_id: { format: "complex", session: { format: "opaque", id: "s" } } }));
    expect(await commandsOf(async () => expectRefused(await push(token), "subject"))).toEqual([]);
  });

  test.each(["edr", "lost"])("about an opaque subject, where nobody said whose it is (%s)", async (id) => {
    const token = await sign(draft(undefined, { sub_id: { format: "opaque", id: "alice" } }));
    expect(
      await commandsOf(async () => expectRefused(await push(token, { url: `/_gate/events/${id}` }), "subject")),
    ).toEqual([]);
  });

  test("as a whole, where one of its events cannot be read", async () => {
    const events = {
      [`${CAEP}session-revoked`]: { subject: alice() },
      [`${RISC}account-disabled`]: { subject: { format: "email", email: "a@b.example" } },
    };
    const token = await sign(draft(undefined, { events, sub_id: undefined }));
    expect(await commandsOf(async () => expectRefused(await push(token), "subject"))).toEqual([]);
  });

  const REQUESTS: [string, Partial<ViewerRequest>, Flaw[1]][] = [
    ["in a body of another type", { headers: { "Content-Type": "application/jwt" } }, "content_type"],
    ["in a body of no type", { headers: {} }, "content_type"],
    ["in a form", { headers: { "Content-Type": "application/x-www-form-urlencoded" } }, "content_type"],
    ["in a batch", { headers: { "Content-Type": "application/json" } }, "content_type"],
    ["that is empty", { body: "" }, "malformed"],
  ];
  test.each(REQUESTS)("%s", async (_name, request, reason) => {
    const token = await sign(draft());
    expect(await commandsOf(async () => expectRefused(await push(token, request), reason))).toEqual([]);
  });

  test("in a request that is none of this endpoint's", async () => {
    const token = await sign(draft());
    const requests = async () => {
      expectProblem(await push(token, { bodyTruncated: true }), 413);
      expectProblem(await push(token, { url: "/_gate/events/unknown" }), 404);
      expectProblem(await push(token, { url: "/_gate/events/constructor" }), 404);
      expectProblem(await push(token, { url: "/_gate/events" }), 404);
      expectProblem(await push(token, { host: "other.example.com" }), 421);
      const get = await push(token, { method: "GET" });
      expectProblem(get, 405);
      expect(get.headers["allow"]).toEqual(["POST"]);
    };
    expect(await commandsOf(requests)).toEqual([]);
  });
});
