/** What the ledger holds, on moto and on AWS's own DynamoDB Local; and there, that its conditions hold while 50 write at once. */
import { randomBytes, randomUUID } from "node:crypto";
import { dynamoDbLedger } from "../../../control-plane/ledger/aws";
import type { Ledger } from "../../../control-plane/ledger/ports";
import { dynamoDbLedger as handlersLedger } from "../../../edge-handlers/auth/aws/ledger";
import { createLedgerTables } from "../../../local/ledger-tables";
import type { LedgerSession, Revocation } from "../../../session/ledger";
import { startDynamoDbLocal } from "../../support/dynamodb-local";
import { startMoto } from "../../support/moto";
import { describeWith, describeWithDynamoDbLocal } from "../../support/tools";

const WRITERS = 50;
const NOW = 1_800_000_000;
const CREDENTIALS = { AWS_ACCESS_KEY_ID: "local", AWS_SECRET_ACCESS_KEY: "local", AWS_REGION: "us-east-1" };

describeWith("moto", "the ledger on moto", (path) => ledgerTests(() => startMoto(path)));
describeWithDynamoDbLocal("the ledger on DynamoDB Local", (folder) => ledgerTests(() => startDynamoDbLocal(folder), true));

/** @param isAtomic whether its conditions hold between requests that come at once; moto's do not */
function ledgerTests(start: () => Promise<{ endpoint: string; close(): Promise<void> }>, isAtomic = false): void {
  const environment = process.env;
  const tables = { sessionsTable: `sessions-${randomUUID()}`, revocationsTable: `revocations-${randomUUID()}` };
  let database: Awaited<ReturnType<typeof start>>;
  let ledger: Ledger;
  const handler = handlersLedger(() => Promise.resolve(tables));
  beforeAll(async () => {
    // Fifty requests at once may take a busy machine longer than a handler waits for one.
    jest.spyOn(AbortSignal, "timeout").mockImplementation(() => new AbortController().signal);
    database = await start();
    process.env = { ...environment, ...CREDENTIALS, AWS_ENDPOINT_URL_DYNAMODB: database.endpoint };
    await createLedgerTables(database.endpoint, tables);
    ledger = dynamoDbLedger(tables);
  }, 90_000);
  afterAll(async () => {
    process.env = environment;
    jest.restoreAllMocks();
    await database?.close();
  });

  const id = () => randomBytes(12).toString("base64url");
  const session = (more: Partial<LedgerSession> = {}): LedgerSession => ({
    uid: id(), sid: id(), idp: "main", email: "alice@example.com", startedAt: NOW, authTime: NOW, renewedAt: NOW, generation: 0,
    address: "192.0.2.1", userAgent: "test", endsAt: NOW + 100, expiresAt: NOW + 1000, ...more,
  });
  const revocation = (more: Partial<Revocation> = {}): Revocation => ({
    kind: "user", uid: id(), cutoff: NOW, recordedAt: NOW, until: NOW + 100, by: "operator:test", reason: "left", expiresAt: NOW + 1000, ...more,
  });
  const atOnce = <T>(write: (writer: number) => Promise<T>) => Promise.all(Array.from({ length: WRITERS }, (_, writer) => write(writer)));
  const countOf = (results: unknown[], result: unknown) => results.filter((one) => one === result).length;

  if (isAtomic) {
    test.each<[string, Partial<Revocation>]>([
      ["a user", { kind: "user", uid: id() }],
      ["the gateway", { kind: "gateway", uid: undefined as never }],
    ])("while many move the cut-off of %s, it only moves forward, and everybody is told one that reaches as far", async (_, target) => {
      const own = dynamoDbLedger(tables);
      const seen: number[] = [];
      let isWriting = true;
      const watching = (async () => {
        while (isWriting) {
          const held = (await own.livingRevocations(NOW)).find(({ kind, uid }) => kind === target.kind && uid === target.uid);
          if (held) seen.push(held.cutoff);
        }
      })();
      const answers = await atOnce(async (writer) => {
        const asked = revocation({ ...target, cutoff: NOW + ((writer * 7) % WRITERS), by: `operator:${writer}` });
        const held = await dynamoDbLedger(tables).record(asked);
        return { asked, held };
      });
      isWriting = false;
      await watching;
      for (const { asked, held } of answers) expect(held.cutoff).toBeGreaterThanOrEqual(asked.cutoff);
      expect(seen).toEqual([...seen].sort((a, b) => a - b));
      const last = (await own.livingRevocations(NOW)).find(({ kind, uid }) => kind === target.kind && uid === target.uid);
      expect(last).toMatchObject({ cutoff: NOW + WRITERS - 1, by: answers.find(({ asked }) => asked.cutoff === NOW + WRITERS - 1)!.asked.by });
    }, 60_000);

    test("of many who revoke one session, one is kept, and everybody is told who it was", async () => {
      const asked = revocation({ kind: "session", sid: id() });
      const held = await atOnce((writer) => ledger.record({ ...asked, by: `operator:${writer}`, recordedAt: NOW + writer }));
      expect(new Set(held.map(({ by }) => by)).size).toBe(1);
      expect(await ledger.revocationsOf([{ uid: asked.uid!, sid: asked.sid! }])).toContainEqual(held[0]);
    }, 60_000);

    test("of many who open one session, one does; of many who renew its generation, one does", async () => {
      const opened = session();
      expect(countOf(await atOnce(() => handler.open(opened)), true)).toBe(1);
      for (const generation of [0, 1]) {
        const renewals = await atOnce((writer) => handler.renew({ ...opened, generation, renewedAt: NOW + writer }));
        expect(countOf(renewals, "recorded")).toBe(1);
        expect((await handler.standing(opened.uid, opened.sid)).session?.generation).toBe(generation + 1);
      }
    }, 60_000);

    test("of many who take one event, one does", async () => {
      const hash = id();
      expect(countOf(await atOnce(() => handler.take(hash, NOW)), true)).toBe(1);
      expect(await handler.wasTaken(hash)).toBe(true);
    }, 60_000);
  }

  test("what was recorded first is kept where a later one reaches no further", async () => {
    const first = revocation();
    expect(await ledger.record(first)).toEqual(first);
    expect(await ledger.record({ ...first, by: "operator:late" })).toEqual(first);
    expect(await ledger.record({ ...first, cutoff: NOW - 1 })).toEqual(first);
    const further = { ...first, cutoff: NOW + 1, by: "operator:late" };
    expect(await ledger.record(further)).toEqual(further);
  });

  test("living revocations are those that may still match, however many pages they take", async () => {
    const long = revocation({ until: NOW + 5000, reason: "x".repeat(400) });
    const living = Array.from({ length: 60 }, () => ({ ...long, uid: id(), reason: randomBytes(15_000).toString("hex") }));
    const over = revocation({ until: NOW + 4000 });
    await Promise.all([...living, over].map((one) => ledger.record(one)));
    const found = new Set((await ledger.livingRevocations(NOW + 4000)).map(({ uid }) => uid));
    expect(living.filter(({ uid }) => !found.has(uid))).toEqual([]);
    expect(found.has(over.uid)).toBe(false);
  }, 60_000);

  test("of more sessions than one call takes, every revocation is found", async () => {
    const sessions = Array.from({ length: 130 }, () => session());
    const revoked = sessions.map(({ uid, sid }, place) => revocation(place % 2 ? { uid } : { kind: "session", uid, sid }));
    await Promise.all(revoked.map((one) => ledger.record(one)));
    const found = await ledger.revocationsOf(sessions);
    expect(found.filter(({ kind }) => kind !== "gateway")).toHaveLength(revoked.length);
    for (const one of revoked) expect(found).toContainEqual(one);
  }, 60_000);

  test("sessions are found by user, by id and by e-mail address, newest first", async () => {
    const uid = id();
    const [old, fresh] = [session({ uid, email: "Bob@Example.com" }), session({ uid, email: "bob@example.com", startedAt: NOW + 5 })];
    for (const one of [old, fresh, session({ email: "carol@example.com" })]) await handler.open(one);
    expect(await ledger.sessionsOf(uid)).toEqual([fresh, old]);
    expect(await ledger.sessionsByEmail("BOB@example.com")).toEqual([fresh, old]);
    expect(await ledger.sessionBySid(old.sid)).toEqual(old);
    expect(await ledger.sessionBySid(id())).toBeUndefined();
  });

  test("living sessions are neither over nor signed out, and a limit says when there are more", async () => {
    const later = NOW + 10_000;
    const living = [3, 2, 1].map((age) => session({ startedAt: later - age, endsAt: later + 1 }));
    const out = session({ endsAt: later + 1 });
    for (const one of [...living, out, session({ endsAt: later })]) await handler.open(one);
    await handler.end(out.uid, out.sid, NOW);
    expect(await ledger.livingSessions(later, 3)).toEqual({ sessions: [...living].reverse(), isCut: false });
    expect(await ledger.livingSessions(later, 2)).toEqual({ sessions: [living[2], living[1]], isCut: true });
  });
}
