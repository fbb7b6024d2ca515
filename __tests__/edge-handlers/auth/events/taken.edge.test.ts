/** Security events are taken once, and become revocations. */
import type { JWTPayload } from "jose";
import { getSession, putSession } from "../../../support/ledger-sessions";
import { sign, type Draft } from "../../../support/event-tokens";
import {
  alice,
  AUDIENCE,
  CAEP,
  commandsOf,
  cutOff,
  draft,
  environment,
  expectAccepted,
  newSid,
  OPTIONAL,
  push,
  RISC,
  SET,
  SSF,
  WEEK,
} from "./transmitters";

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

test("nothing of a token is in the log", async () => {
  const names = {
    jti: "jti-of-the-token",
    txn: "txn-of-the-token",
    events: { "https://other.example/of-the-token": { reason_admin: { en: "text-of-the-token" } } },
  };
  expectAccepted(await push(await sign(draft(undefined, names))));
  expect(environment.logs()).not.toMatch(/of-the-token|other\.example|alice|secret-state/);
});
