/** What the identity provider signs out is revoked, once. */
import type { LedgerSession } from "../../../../ledger/records";
import { createSigningKey } from "../../../support/idp/keys";
import { getSession, putSession } from "../../../support/ledger-sessions";
import { sign, withClaims, type Draft } from "../../../support/event-tokens";
import { BY, commandsOf, draft, environment, EVENT, expectDone, FORM, newSid, post } from "./logout-tokens";

describe("a logout token is taken", () => {
  const HONEST: [string, (honest: Draft) => Draft][] = [
    ["without tampering", (honest) => honest],
    ["without a type", (honest) => ({ ...honest, header: { typ: undefined } })],
    ["of the type of every JWT", (honest) => ({ ...honest, header: { typ: "JWT" } })],
    ["with the long form of its type", (honest) => ({ ...honest, header: { typ: "application/Logout+JWT" } })],
    [
      "with its audience as a list",
      ({ claims, ...honest }) => ({ ...honest, claims: { ...claims, aud: [String(claims.aud)] } }),
    ],
    [
      "from a clock that is ahead within the allowed skew",
      ({ claims, ...honest }) => ({ ...honest, claims: { ...claims, iat: claims.iat! + 50 } }),
    ],
    [
      "that is nearly ten minutes old",
      ({ claims, ...honest }) => ({ ...honest, claims: { ...claims, iat: claims.iat! - 590 } }),
    ],
    ["with claims that nobody knows", ({ claims, ...honest }) => ({ ...honest, claims: { ...claims, trace: "x" } })],
    [
      "with another event, as Keycloak sends it",
      ({ claims, ...honest }) => ({
        ...honest,
        claims: { ...claims, events: { [EVENT]: {}, revoke_offline_access: true } },
      }),
    ],
    [
      "with members in its event",
      ({ claims, ...honest }) => ({ ...honest, claims: { ...claims, events: { [EVENT]: { more: 1 } } } }),
    ],
  ];
  test.each(HONEST)("%s", async (_name, change) => {
    const honest = change(draft());
    await putSession(environment, String(honest.claims["sid"]));
    expect(await commandsOf(async () => expectDone(await post(await sign(honest))))).toHaveLength(1);
  });

  test.each(["RS256", "PS256", "ES256", "EdDSA"])("signed by %s", async (alg) => {
    const key = await createSigningKey(alg, `key-${alg}`);
    environment.idp.publishedKeys.push(key);
    // Past the pause between two fetches of the keys.
    environment.clock.advance(31);
    expect(
      await commandsOf(async () => expectDone(await post(await sign({ ...draft({ sid: undefined }), key })))),
    ).toHaveLength(1);
  });

  test.each([`${FORM}; charset=UTF-8`, "Application/X-WWW-Form-Urlencoded"])(
    "in a body of type %s, with other parameters",
    async (type) => {
      const token = await sign(draft({ sid: undefined }));
      expect(
        await commandsOf(async () =>
          expectDone(await post(token, { headers: { "Content-Type": type }, body: `a=b&logout_token=${token}&c` })),
        ),
      ).toHaveLength(1);
    },
  );

  test("on every host of the gateway", async () => {
    expectDone(await post(await sign(draft({ sid: undefined })), { host: "www.example.com" }));
  });
});

describe("what is revoked", () => {
  /** What leads to it is large: few fit into a page. */
  const pile = async (sid: string, changes: Partial<LedgerSession> = {}) =>
    environment.ledger.pad(await putSession(environment, sid, changes));

  test("every active session of the provider's session, and the ledger immediately shows that they ended", async () => {
    const honest = draft();
    const sid = String(honest.claims["sid"]);
    const now = environment.clock.now();
    const active = [await putSession(environment, sid), await putSession(environment, sid)];
    const over = await putSession(environment, sid, { endsAt: now - 241 });
    await putSession(environment, sid, { endedAt: now - 1501 });
    await putSession(environment, newSid());
    const commands = await commandsOf(async () =>
      expectDone(await post(await withClaims((claims) => delete claims.sub)(honest))),
    );
    expect(commands).toHaveLength(2);
    expect(commands).toEqual(
      expect.arrayContaining(
        active.map(({ sid: session, uid }) => ({ version: 1, target: { type: "session", sid: session, uid }, ...BY })),
      ),
    );
    for (const session of active) expect((await getSession(environment, session))?.endedAt).toBeGreaterThanOrEqual(now);
    expect((await getSession(environment, over))?.endedAt).toBeUndefined();
  });

  test("of a user and a session, the sessions that are both", async () => {
    const honest = draft({ sub: "bob" });
    const sid = String(honest.claims["sid"]);
    await putSession(environment, sid);
    const session = await putSession(environment, sid, { uid: environment.uid("bob") });
    const commands = await commandsOf(async () => expectDone(await post(await sign(honest))));
    expect(commands).toEqual([
      { version: 1, target: { type: "session", sid: session.sid, uid: environment.uid("bob") }, ...BY },
    ]);
  });

  test("of a user alone, all sessions that began until the token was issued", async () => {
    const honest = draft({ sid: undefined, iat: environment.clock.now() - 100 });
    const commands = await commandsOf(async () => expectDone(await post(await sign(honest))));
    expect(commands).toEqual([
      { version: 1, target: { type: "user", uid: environment.uid("alice") }, cutoff: honest.claims.iat, ...BY },
    ]);
  });

  test("never sessions that are still to begin", async () => {
    const now = environment.clock.now();
    const [command] = await commandsOf(async () => post(await sign(draft({ sid: undefined, iat: now + 50 }))));
    expect(command!.cutoff).toBeLessThan(now + 50);
    expect(command!.cutoff).toBeGreaterThanOrEqual(now);
  });

  test("nothing, where no session began at the provider's session", async () => {
    expect(await commandsOf(async () => expectDone(await post(await sign(draft()))))).toEqual([]);
  });

  test("sessions that began at a session of the same name at another provider stay active", async () => {
    const honest = draft();
    await putSession(environment, "-", { idpSession: "x".repeat(43) });
    const other = await putSession({ ...environment, idp: environment.otherIdp! }, String(honest.claims["sid"]));
    expect(await commandsOf(async () => expectDone(await post(await sign(honest))))).toEqual([]);
    expect((await getSession(environment, other))?.endedAt).toBeUndefined();
  });

  test("sessions that a ledger's page has no room for", async () => {
    const honest = draft();
    // A page is 1 MB (https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_Query.html).
    for (let count = 0; count < 5; count++) await pile(String(honest.claims["sid"]));
    expect(await commandsOf(async () => expectDone(await post(await sign(honest))))).toHaveLength(5);
  });

  test("all of the user, where somebody piled up so many that there is no time to read them, over or not", async () => {
    const honest = draft();
    const [sid, now] = [String(honest.claims["sid"]), environment.clock.now()];
    await putSession(environment, sid);
    for (let count = 0; count < 16; count++) await pile(sid, { endsAt: now - 241 });
    const asked = environment.aws.requests.length;
    const commands = await commandsOf(async () =>
      expectDone(await post(await withClaims((claims) => delete claims.sub)(honest))),
    );
    expect(commands).toEqual([
      {
        version: 1,
        target: { type: "user", uid: environment.uid("alice") },
        cutoff: expect.any(Number) as unknown,
        ...BY,
      },
    ]);
    expect(commands[0]!.cutoff).toBeGreaterThanOrEqual(now);
    expect(environment.aws.requests.slice(asked).filter((target) => target === "DynamoDB_20120810.Query")).toHaveLength(
      3,
    );
  });

  test("all of the user whom the token names, where the piled up sessions that were read are another's", async () => {
    const honest = draft();
    for (let count = 0; count < 16; count++) await pile(String(honest.claims["sid"]), { uid: "m".repeat(16) });
    const commands = await commandsOf(async () => expectDone(await post(await sign(honest))));
    expect(commands).toEqual([
      {
        version: 1,
        target: { type: "user", uid: environment.uid("alice") },
        cutoff: expect.any(Number) as unknown,
        ...BY,
      },
    ]);
  });

  test("all of the user, where there are more than can be looked at", async () => {
    const honest = draft();
    for (let count = 0; count < 101; count++)
      await putSession(environment, String(honest.claims["sid"]), { endedAt: environment.clock.now() - 5000 });
    const commands = await commandsOf(async () => expectDone(await post(await sign(honest))));
    expect(commands).toEqual([
      {
        version: 1,
        target: { type: "user", uid: environment.uid("alice") },
        cutoff: expect.any(Number) as unknown,
        ...BY,
      },
    ]);
  });

  test("all of the user, where somebody piled up sessions", async () => {
    const honest = draft();
    for (let count = 0; count < 21; count++) await putSession(environment, String(honest.claims["sid"]));
    const now = environment.clock.now();
    const commands = await commandsOf(async () => expectDone(await post(await sign(honest))));
    expect(commands).toEqual([
      {
        version: 1,
        target: { type: "user", uid: environment.uid("alice") },
        cutoff: expect.any(Number) as unknown,
        ...BY,
      },
    ]);
    expect(commands[0]!.cutoff).toBeGreaterThanOrEqual(now);
  });
});
