/**
 * `events/<transmitter>`: security events become revocations, once, and only those of the transmitter that the config
 * names.
 */
import { randomBytes } from "node:crypto";
import type { JWTPayload } from "jose";
import { REFUSALS } from "../../../edge-handlers/auth/oidc/refused";
import type { Fault } from "../../../local/aws-emulator";
import type { RevocationCommand } from "../../../session/revocation";
import { verificationId } from "../../../ledger/records";
import { eventKeyOf } from "../../../ledger/tables";
import { sha256 } from "../../../session/node-hash";
import type { OptionalEvent } from "../../../session/pushed-events";
import type { AuthSettings, EventTransmitterSettings } from "../../../session/settings";
import { expectProblem } from "../../support/answers";
import { startAuth, type AuthEnvironment } from "../../support/auth-fixture";
import type { EdgeResponse, ViewerRequest } from "../../support/cloudfront-event";
import type { Outage } from "../../support/idp-faults";
import { createSigningKey } from "../../support/idp-keys";
import { getSession, putSession } from "../../support/ledger-sessions";
import {
  commonClaims,
  commonFlaws,
  sign,
  withClaims,
  withHeader,
  type Draft,
  type Flaw,
} from "../../support/pushed-tokens";
import { PATIENCE } from "../../support/tools";

const SET = "application/secevent+jwt";
const AUDIENCE = "https://app.example.com/events";
const CAEP = "https://schemas.openid.net/secevent/caep/event-type/";
const RISC = "https://schemas.openid.net/secevent/risc/event-type/";
const SSF = "https://schemas.openid.net/secevent/ssf/event-type/";
const WEEK = 7 * 86_400;

/** The events that need the config's consent, and a payload with which they act. */
const OPTIONAL: { event: OptionalEvent; uri: string; name: string; payload: object }[] = [
  {
    event: "device-compliance-change",
    uri: `${CAEP}device-compliance-change`,
    name: "CAEP device-compliance-change",
    payload: { previous_status: "compliant", current_status: "not-compliant" },
  },
  {
    event: "token-claims-change",
    uri: `${CAEP}token-claims-change`,
    name: "CAEP token-claims-change",
    payload: { claims: { role: "ro-admin" } },
  },
  {
    event: "account-credential-change-required",
    uri: `${RISC}account-credential-change-required`,
    name: "RISC account-credential-change-required",
    payload: {},
  },
];

let environment: AuthEnvironment;
beforeAll(async () => void (environment = await startWithTransmitters()));
afterAll(() => environment.close());

/**
 * `corp` tells of users of the identity provider `main` by opaque names too; `edr`, of the same issuer, by none; `lost`
 * by those of a provider that the config has lost; `on-<event>` may end sessions by that event.
 */
async function startWithTransmitters(): Promise<AuthEnvironment> {
  const place = await startAuth({ withOtherIdp: true });
  const { issuer } = place.otherIdp!;
  const transmitter = { issuer, audience: AUDIENCE, jwksUri: `${issuer}/jwks` };
  const eventTransmitters: AuthSettings["eventTransmitters"] = {
    corp: { ...transmitter, identityProvider: "main" },
    edr: transmitter,
    lost: { ...transmitter, identityProvider: "constructor" },
    ...Object.fromEntries(
      OPTIONAL.map(({ event }): [string, EventTransmitterSettings] => [
        `on-${event}`,
        { ...transmitter, on: { [event]: "revoke" } },
      ]),
    ),
  };
  place.publishSettings({ ...place.settings, eventTransmitters });
  return place;
}

async function withTransmitters(body: (place: AuthEnvironment) => Promise<void>): Promise<void> {
  const place = await startWithTransmitters();
  try {
    await body(place);
  } finally {
    await place.close();
  }
}

const alice = ({ idp } = environment) => ({ format: "iss_sub", iss: idp.issuer, sub: "alice" });
const newSid = () => `idp-${randomBytes(8).toString("hex")}`;

/** An event about alice. */
function draft(
  event = `${CAEP}session-revoked`,
  claims: JWTPayload = {},
  payload: object = {},
  place = environment,
): Draft {
  const transmitter = place.otherIdp!;
  return {
    claims: {
      ...commonClaims(transmitter.issuer, AUDIENCE, place.clock.now()),
      sub_id: alice(place),
      events: { [event]: payload },
      ...claims,
    },
    header: { typ: "secevent+jwt" },
    key: transmitter.key,
  };
}

async function push(
  token: string,
  request: Partial<ViewerRequest> = {},
  { invoke, secret } = environment,
): Promise<EdgeResponse> {
  return invoke({
    url: "/_gate/events/corp",
    method: "POST",
    headers: { "Content-Type": SET, Accept: "application/json" },
    body: secret(token),
    ...request,
  });
}

/** The commands that reached the queue while `act` ran. */
async function commandsOf(act: () => Promise<unknown>, { aws } = environment): Promise<RevocationCommand[]> {
  const before = aws.messages.length;
  await act();
  return aws.messages.slice(before).map(({ command }) => command);
}

function expectRefused(response: EdgeResponse, reason: Flaw[1]): void {
  expect(response).toMatchObject({
    status: 400,
    headers: { "content-type": ["application/json"], "cache-control": ["no-store"] },
  });
  expect(response.headers["set-cookie"]).toBeUndefined();
  expect(JSON.parse(response.body)).toEqual(REFUSALS[reason]);
}

function expectAccepted(response: EdgeResponse): void {
  expect(response).toMatchObject({ status: 202, headers: { "cache-control": ["no-store"] }, body: "" });
  expect(response.headers["set-cookie"]).toBeUndefined();
}

/** The cut-off of alice that an event asks for. */
function cutOff(reason: string, cutoff: unknown, by = "event:corp"): unknown {
  return { version: 1, target: { type: "user", uid: environment.uid("alice") }, cutoff, by, reason };
}

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

describe("an event is taken", () => {
  const HONEST: [string, (honest: Draft) => Draft][] = [
    ["without tampering", (honest) => honest],
    ["with the long form of its type", (honest) => ({ ...honest, header: { typ: "Application/SecEvent+JWT" } })],
    [
      "for several audiences",
      ({ claims, ...honest }) => ({ ...honest, claims: { ...claims, aud: ["other", AUDIENCE] } }),
    ],
    [
      "that is nearly a week old",
      ({ claims, ...honest }) => ({ ...honest, claims: { ...claims, iat: claims.iat! - WEEK } }),
    ],
    [
      "with claims that nobody knows",
      ({ claims, ...honest }) => ({ ...honest, claims: { ...claims, txn: "x", toe: 1 } }),
    ],
  ];
  test.each(HONEST)("%s", async (_name, change) => {
    const honest = change(draft());
    expect(await commandsOf(async () => expectAccepted(await push(await sign(honest))))).toEqual([
      cutOff("CAEP session-revoked", honest.claims.iat),
    ]);
  });

  test.each([`${SET}; charset=UTF-8`, "Application/SecEvent+JWT"])("in a body of type %s", async (type) => {
    expectAccepted(await push(await sign(draft()), { headers: { "Content-Type": type } }));
  });

  test("on every host of the gateway", async () => {
    expectAccepted(await push(await sign(draft()), { host: "www.example.com" }));
  });

  test("once: the answer to a replay is that to the first, and nothing is done", async () => {
    const honest = draft();
    const token = await sign(honest);
    expect(await commandsOf(async () => expectAccepted(await push(token)))).toHaveLength(1);
    const replays = async () => {
      const response = await push(token);
      expectAccepted(response);
      expect(await environment.logLines(response)).toEqual([
        expect.objectContaining({ outcome: "replayed", detail: "corp: CAEP session-revoked" }),
      ]);
      // Signed again; the jti is what counts.
      expectAccepted(await push(await sign({ ...honest, claims: { ...honest.claims, txn: "x" } })));
      await environment.coldStart();
      expectAccepted(await push(token));
    };
    expect(await commandsOf(replays)).toEqual([]);
  });

  test("at each transmitter's own endpoint", async () => {
    const token = await sign(draft());
    const commands = await commandsOf(async () => {
      expectAccepted(await push(token));
      expectAccepted(await push(token, { url: "/_gate/events/edr" }));
    });
    expect(commands.map(({ by }) => by)).toEqual(["event:corp", "event:edr"]);
  });
});

describe("what an event revokes", () => {
  const USER_EVENTS: [string, string][] = [
    [`${CAEP}session-revoked`, "CAEP session-revoked"],
    [`${CAEP}credential-change`, "CAEP credential-change"],
    [`${RISC}account-disabled`, "RISC account-disabled"],
    [`${RISC}account-purged`, "RISC account-purged"],
    [`${RISC}sessions-revoked`, "RISC sessions-revoked"],
  ];
  describe.each(USER_EVENTS)("%s", (uri, reason) => {
    test("all sessions of the user that began until the token was issued", async () => {
      const honest = draft(uri, { iat: environment.clock.now() - 100 });
      expect(await commandsOf(async () => expectAccepted(await push(await sign(honest))))).toEqual([
        cutOff(reason, honest.claims.iat),
      ]);
    });

    test("until it happened, where it says when", async () => {
      const happened = environment.clock.now() - 5_000;
      expect(
        await commandsOf(async () =>
          expectAccepted(await push(await sign(draft(uri, {}, { event_timestamp: happened + 0.7 })))),
        ),
      ).toEqual([cutOff(reason, happened)]);
    });

    test.each([50, 1e9, 1e15])("never sessions that are still to begin (%d s ahead)", async (ahead) => {
      const now = environment.clock.now();
      const [command] = await commandsOf(async () =>
        expectAccepted(await push(await sign(draft(uri, {}, { event_timestamp: now + ahead })))),
      );
      expect(command!.cutoff).toBeGreaterThanOrEqual(now);
      expect(command!.cutoff).toBeLessThan(now + 50);
    });

    test("the user of a complex subject, whatever it says of a device", async () => {
      const sub_id = {
        format: "complex",
        user: alice(),
        device: { format: "opaque", id: "d" },
        tenant: { format: "opaque", id: "t" },
      };
      const honest = draft(uri, { sub_id });
      expect(await commandsOf(async () => expectAccepted(await push(await sign(honest))))).toEqual([
        cutOff(reason, honest.claims.iat),
      ]);
    });
  });

  test("no session that is still to begin, where the transmitter's clock is ahead", async () => {
    const now = environment.clock.now();
    const [command] = await commandsOf(async () =>
      expectAccepted(await push(await sign(draft(undefined, { iat: now + 50 })))),
    );
    expect(command!.cutoff).toBeGreaterThanOrEqual(now);
    expect(command!.cutoff).toBeLessThan(now + 50);
  });

  test.each(["create", "revoke", "update", "delete"])("credential-change: %s", async (change) => {
    const honest = draft(`${CAEP}credential-change`, {}, { credential_type: "password", change_type: change });
    expect(await commandsOf(async () => expectAccepted(await push(await sign(honest))))).toHaveLength(1);
  });

  const SUBJECTS: [string, () => { sub_id?: unknown; event?: object }][] = [
    ["iss_sub", () => ({ sub_id: alice() })],
    ["iss_sub with a slash at the issuer's end", () => ({ sub_id: { ...alice(), iss: `${environment.idp.issuer}/` } })],
    ["opaque", () => ({ sub_id: { format: "opaque", id: "alice" } })],
    ["in the event", () => ({ event: { subject: alice() } })],
    [
      "in the event, as early RISC has it",
      () => ({ event: { subject: { subject_type: "iss-sub", iss: environment.idp.issuer, sub: "alice" } } }),
    ],
    ["complex, without a format", () => ({ sub_id: { user: alice() } })],
    ["complex, in the event", () => ({ event: { subject: { user: { format: "opaque", id: "alice" } } } })],
    ["of the token, not of the event", () => ({ sub_id: alice(), event: { subject: { ...alice(), sub: "bob" } } })],
  ];
  test.each(SUBJECTS)("a user: %s", async (_name, make) => {
    const { sub_id, event } = make();
    const honest = draft(`${RISC}account-disabled`, { sub_id }, event);
    expect(await commandsOf(async () => expectAccepted(await push(await sign(honest))))).toEqual([
      cutOff("RISC account-disabled", honest.claims.iat),
    ]);
  });

  test("a user of another identity provider is another user", async () => {
    const { issuer } = environment.otherIdp!;
    const [command] = await commandsOf(async () =>
      expectAccepted(await push(await sign(draft(undefined, { sub_id: { ...alice(), iss: issuer } })))),
    );
    expect(command!.target).not.toMatchObject({ uid: environment.uid("alice") });
  });

  const SESSIONS: [string, (sid: string) => unknown][] = [
    ["opaque", (sid) => ({ format: "opaque", id: sid })],
    ["iss_sub", (sid) => ({ format: "iss_sub", iss: environment.idp.issuer, sub: sid })],
  ];
  test.each(SESSIONS)("a session: %s", async (_name, session) => {
    const sid = newSid();
    const { sid: active, uid } = await putSession(environment, sid);
    const bob = await putSession(environment, sid, { uid: environment.uid("bob") });
    const honest = draft(undefined, { sub_id: { format: "complex", user: alice(), session: session(sid) } });
    const revoked = (target: object) => ({
      version: 1,
      target: { type: "session", ...target },
      by: "event:corp",
      reason: "CAEP session-revoked",
    });
    expect(await commandsOf(async () => expectAccepted(await push(await sign(honest))))).toEqual([
      revoked({ sid: active, uid }),
    ]);
    expect((await getSession(environment, { sid: active, uid }))?.endedAt).toBeDefined();
    // Until no token of it can be left.
    environment.clock.advance(900 + 601);
    const withoutUser = draft(undefined, { sub_id: { format: "complex", session: session(sid) } });
    expect(await commandsOf(async () => expectAccepted(await push(await sign(withoutUser))))).toEqual([
      revoked({ sid: bob.sid, uid: bob.uid }),
    ]);
    environment.clock.advance(900 + 601);
    expect(
      await commandsOf(async () =>
        expectAccepted(await push(await sign(draft(undefined, { sub_id: withoutUser.claims["sub_id"] })))),
      ),
    ).toEqual([]);
  });

  test("each of several events of one token", async () => {
    const events = {
      [`${CAEP}session-revoked`]: {},
      [`${RISC}account-disabled`]: {},
      "https://other.example/event": {},
    };
    const commands = await commandsOf(async () => expectAccepted(await push(await sign(draft(undefined, { events })))));
    expect(commands.map(({ reason }) => reason).sort()).toEqual(["CAEP session-revoked", "RISC account-disabled"]);
  });

  const IGNORED: [string, string, string, JWTPayload][] = [
    [
      "verification of the stream",
      `${SSF}verification`,
      "verification",
      { sub_id: { format: "opaque", id: "stream-1" } },
    ],
    ["verification without a subject", `${SSF}verification`, "verification", { sub_id: undefined }],
    ["verification as RISC had it", `${RISC}verification`, "verification", {}],
    ["an update of the stream", `${SSF}stream-updated`, "unknown", {}],
    ["an account that was enabled", `${RISC}account-enabled`, "unknown", {}],
    ...OPTIONAL.map(({ event, uri, name }): [string, string, string, JWTPayload] => [
      `${event}, which the config does not mention`,
      uri,
      name,
      {},
    ]),
    ["a type that every object has", "constructor", "unknown", {}],
    ["a logout", "http://schemas.openid.net/event/backchannel-logout", "unknown", {}],
  ];
  test.each(IGNORED)("nothing: %s", async (_name, uri, name, claims) => {
    const before = environment.aws.requests.length;
    const ignored = async () => {
      const response = await push(await sign(draft(uri, claims, { state: "secret-state-of-the-stream" })));
      expectAccepted(response);
      expect(await environment.logLines(response)).toEqual([
        expect.objectContaining({ outcome: "ignored", detail: `corp: ${name}` }),
      ]);
    };
    expect(await commandsOf(ignored)).toEqual([]);
    expect(environment.aws.requests.slice(before).filter((target) => target.startsWith("DynamoDB"))).toEqual([]);
  });
});

describe.each(OPTIONAL)("$event, by config", ({ event, uri, name, payload }) => {
  const url = `/_gate/events/on-${event}`;

  test("ends all sessions of the user that began until then", async () => {
    const happened = environment.clock.now() - 500;
    const token = await sign(draft(uri, {}, { ...payload, event_timestamp: happened }));
    expect(await commandsOf(async () => expectAccepted(await push(token, { url })))).toEqual([
      cutOff(name, happened, `event:on-${event}`),
    ]);
  });

  test("is about the user of a complex subject, whatever the device", async () => {
    const sub_id = { format: "complex", user: alice(), device: { format: "opaque", id: "d" } };
    const token = await sign(draft(uri, { sub_id }, payload));
    expect(await commandsOf(async () => expectAccepted(await push(token, { url })))).toHaveLength(1);
  });

  test("is refused without its user", async () => {
    const sub_id = { format: "complex", device: { format: "opaque", id: "d" } };
    const token = await sign(draft(uri, { sub_id }, payload));
    expect(await commandsOf(async () => expectRefused(await push(token, { url }), "subject"))).toEqual([]);
  });

  test("does nothing at a transmitter whose config names another event only", async () => {
    const others = OPTIONAL.filter((other) => other.event !== event).map((other) => other.event);
    for (const other of others) {
      const token = await sign(draft(uri, {}, payload));
      expect(
        await commandsOf(async () => expectAccepted(await push(token, { url: `/_gate/events/on-${other}` }))),
      ).toEqual([]);
    }
  });
});

describe("device-compliance-change, by config", () => {
  const url = "/_gate/events/on-device-compliance-change";
  const uri = `${CAEP}device-compliance-change`;

  test("does nothing where a device complies again", async () => {
    const token = await sign(draft(uri, {}, { previous_status: "not-compliant", current_status: "compliant" }));
    const ignored = async () => {
      const response = await push(token, { url });
      expectAccepted(response);
      expect(await environment.logLines(response)).toEqual([
        expect.objectContaining({
          outcome: "ignored",
          detail: "on-device-compliance-change: CAEP device-compliance-change",
        }),
      ]);
    };
    expect(await commandsOf(ignored)).toEqual([]);
  });

  test.each([
    ["no status", {}],
    ["a status that is not one", { current_status: "broken" }],
    ["a status that every object has", { current_status: "constructor" }],
    ["a status in a list", { current_status: ["not-compliant"] }],
    ["null as its status", { current_status: null }],
  ])("is refused with %s", async (_name, payload) => {
    const token = await sign(draft(uri, {}, payload));
    const refused = async () => {
      const response = await push(token, { url });
      expectRefused(response, "claims");
      expect(await environment.logLines(response)).toEqual([
        expect.objectContaining({ detail: "on-device-compliance-change: claims current_status" }),
      ]);
    };
    expect(await commandsOf(refused)).toEqual([]);
  });
});

describe("a verification event for which an operator asked", () => {
  const newState = () => `edgegate-${randomBytes(24).toString("base64url")}`;
  const arrivals = (state: string, transmitter = "corp") =>
    environment.ledger.items(eventKeyOf(verificationId(sha256, transmitter, state)).pk);
  const verification = (state: unknown, claims: JWTPayload = {}) =>
    sign(draft(`${SSF}verification`, { sub_id: { format: "opaque", id: "stream-1" }, ...claims }, { state }));
  /** The handler's calls of DynamoDB while `act` ran. */
  async function callsOf(act: () => Promise<unknown>): Promise<string[]> {
    const before = environment.aws.requests.length;
    await act();
    return environment.aws.requests.slice(before).filter((target) => target.startsWith("DynamoDB"));
  }

  test("is recorded with one write, for an hour, and ends nothing", async () => {
    const state = newState();
    const token = await verification(environment.secret(state));
    const arrives = async () => {
      const response = await push(token);
      expectAccepted(response);
      expect(await environment.logLines(response)).toEqual([
        expect.objectContaining({ outcome: "verified", detail: "corp: verification" }),
      ]);
    };
    const calls = await callsOf(async () => expect(await commandsOf(arrives)).toEqual([]));
    expect(calls).toEqual(["DynamoDB_20120810.PutItem"]);
    const [arrival, ...more] = await arrivals(state);
    expect(more).toEqual([]);
    expect(Number(arrival!["expiresAt"]) - environment.clock.now()).toBeGreaterThan(3_500);
    expect(Number(arrival!["expiresAt"]) - environment.clock.now()).toBeLessThanOrEqual(3_600);
    // Nothing is recorded of the token itself, and a copy of it changes nothing.
    expect(await callsOf(async () => expectAccepted(await push(token)))).toEqual(["DynamoDB_20120810.PutItem"]);
    expect(await arrivals(state)).toEqual([arrival]);
  });

  test("is recorded for the transmitter that pushed it, and for no other", async () => {
    const state = newState();
    expectAccepted(await push(await verification(state), { url: "/_gate/events/edr" }));
    expect(await arrivals(state)).toEqual([]);
    expect(await arrivals(state, "edr")).toHaveLength(1);
  });

  test.each<[string, unknown]>([
    ["without a state", undefined],
    ["with a state of the transmitter's own", randomBytes(24).toString("base64url")],
    ["with a shorter state", newState().slice(0, -1)],
    ["with a longer state", `${newState()}x`],
    ["with a state that is a list", [newState()]],
    ["with a state that is a number", 7],
    ["with null as its state", null],
  ])("writes nothing %s", async (_name, state) => {
    expect(await callsOf(async () => expectAccepted(await push(await verification(state))))).toEqual([]);
  });

  test("writes nothing if the token is refused", async () => {
    const state = newState();
    const refused = async () => {
      expectRefused(await push(await verification(state, { aud: "other" })), "audience");
      expectRefused(await push(await verification(state, { iss: "https://evil.example" })), "issuer");
      const events = {
        [`${SSF}verification`]: { state },
        [`${CAEP}session-revoked`]: { subject: { format: "email" } },
      };
      expectRefused(await push(await verification(state, { events, sub_id: undefined })), "subject");
    };
    expect(await callsOf(refused)).toEqual([]);
  });

  test("does not hide another event of the same token", async () => {
    const state = newState();
    const events = { [`${SSF}verification`]: { state }, [`${RISC}account-disabled`]: {} };
    const token = await sign(draft(undefined, { events }));
    expect(await commandsOf(async () => expectAccepted(await push(token)))).toHaveLength(1);
    expect(await arrivals(state)).toHaveLength(1);
  });

  test("is sent again if it could not be recorded", async () => {
    const state = newState();
    const token = await verification(state);
    environment.aws.faults.set("DynamoDB_20120810.PutItem", "error");
    expectProblem(await push(token), 503);
    environment.aws.faults.clear();
    expect(await arrivals(state)).toEqual([]);
    expectAccepted(await push(token));
    expect(await arrivals(state)).toHaveLength(1);
  });
});

describe("while something is down the transmitter is asked to try again, and nothing is lost", () => {
  const FAULTS = ["error", "throttle", "garbage"] as const;
  const TARGETS = ["DynamoDB_20120810.GetItem", "AmazonSQS.SendMessage", "DynamoDB_20120810.PutItem"];
  const EACH: [string, Fault][] = [
    ...TARGETS.flatMap((target) => FAULTS.map((fault): [string, Fault] => [target, fault])),
    ["AmazonSQS.SendMessage", "hang"],
  ];
  test.each(EACH)("%s: %s", async (target, fault) => {
    const token = await sign(draft());
    environment.aws.faults.set(target, fault);
    // What hangs is waited for.
    environment.scaleTime(fault === "hang" ? 1 : PATIENCE);
    const response = await push(token);
    environment.scaleTime(PATIENCE);
    environment.aws.faults.clear();
    expectProblem(response, 503);
    expect(response.headers["retry-after"]).toHaveLength(1);
    expect(await commandsOf(async () => expectAccepted(await push(token)))).toHaveLength(1);
    expect(await commandsOf(async () => expectAccepted(await push(token)))).toEqual([]);
  });

  test("the ledger's list of the provider's session", async () => {
    const sid = newSid();
    await putSession(environment, sid);
    const token = await sign(draft(undefined, { sub_id: { session: { format: "opaque", id: sid } } }));
    environment.aws.faults.set("DynamoDB_20120810.Query", "error");
    expect(await commandsOf(async () => expectProblem(await push(token), 503))).toEqual([]);
    environment.aws.faults.clear();
    expect(await commandsOf(async () => expectAccepted(await push(token)))).toHaveLength(1);
  });

  test.each<[Outage, number]>([
    ["error", 503],
    ["unavailable", 503],
    ["reset", 503],
    ["garbage", 502],
    ["redirect", 502],
    ["huge", 502],
  ])("the transmitter's keys: %s", (outage, status) =>
    withTransmitters(async (place) => {
      const token = await sign(draft(undefined, { sub_id: alice(place) }, {}, place));
      place.otherIdp!.outages.set("jwks", outage);
      expect(await commandsOf(async () => expectProblem(await push(token, {}, place), status), place)).toEqual([]);
      place.otherIdp!.outages.clear();
      place.clock.advance(31);
      expect(await commandsOf(async () => expectAccepted(await push(token, {}, place)), place)).toHaveLength(1);
    }),
  );

  test("the transmitter as a whole: keys that are known go on being good", () =>
    withTransmitters(async (place) => {
      expectAccepted(await push(await sign(draft(undefined, {}, {}, place)), {}, place));
      await place.otherIdp!.stop();
      place.clock.advance(3700);
      expect(
        await commandsOf(
          async () => expectAccepted(await push(await sign(draft(undefined, {}, {}, place)), {}, place)),
          place,
        ),
      ).toHaveLength(1);
      await place.otherIdp!.restart();
    }));
});

test("a key that the transmitter has withdrawn is refused, its new one is accepted", () =>
  withTransmitters(async (place) => {
    const transmitter = place.otherIdp!;
    expectAccepted(await push(await sign(draft(undefined, {}, {}, place)), {}, place));
    const old = transmitter.key;
    transmitter.key = await createSigningKey("ES256", "es-2");
    transmitter.publishedKeys = [transmitter.key];
    place.clock.advance(31);
    expectAccepted(await push(await sign(draft(undefined, {}, {}, place)), {}, place));
    expectRefused(await push(await sign({ ...draft(undefined, {}, {}, place), key: old }), {}, place), "key");
  }));

test("nothing of a token is in the log", async () => {
  const names = {
    jti: "jti-of-the-token",
    txn: "txn-of-the-token",
    events: { "https://other.example/of-the-token": { reason_admin: { en: "text-of-the-token" } } },
  };
  expectAccepted(await push(await sign(draft(undefined, names))));
  expect(environment.logs()).not.toMatch(/of-the-token|other\.example|alice|secret-state/);
});
