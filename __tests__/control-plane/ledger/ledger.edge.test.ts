/**
 * What the control plane's ledger reads and writes, on moto and on AWS's own DynamoDB Local; and there, that its
 * conditions hold with 50 concurrent writers.
 */
import { randomBytes, randomUUID } from "node:crypto";
import { DynamoDBClient, PutItemCommand } from "@aws-sdk/client-dynamodb";
import { marshall } from "@aws-sdk/util-dynamodb";
import { dynamoDbLedger } from "../../../control-plane/ledger/aws";
import { recordRevocation } from "../../../control-plane/revoker/record";
import type { Ledger, RevokerPorts } from "../../../control-plane/ports";
import { ALL_SHARDS } from "../../../control-plane/reconcile/read";
import { createLedgerTables } from "../../../local/ledger-tables";
import type { LedgerSession, Revocation, ShardState } from "../../../ledger/records";
import {
  emailPointerKey,
  sessionKeyOf,
  sessionRevocationId,
  sidPointerKey,
  startedPointerKey,
  userRevocationId,
} from "../../../ledger/tables";
import { startDynamoDbLocal } from "../../support/dynamodb-local";
import { startMoto } from "../../support/moto";
import { describeWith, describeWithDynamoDbLocal } from "../../support/tools";

const WRITERS = 50;
const NOW = 1_800_000_000;
const CREDENTIALS = { AWS_ACCESS_KEY_ID: "local", AWS_SECRET_ACCESS_KEY: "local", AWS_REGION: "us-east-1" };

describeWith("moto", "the ledger on moto", (path) => ledgerTests(() => startMoto(path)));
describeWithDynamoDbLocal("the ledger on DynamoDB Local", (folder) =>
  ledgerTests(() => startDynamoDbLocal(folder), true),
);

/** @param isAtomic whether its conditions hold between concurrent requests; moto's do not */
function ledgerTests(start: () => Promise<{ endpoint: string; close(): Promise<void> }>, isAtomic = false): void {
  const environment = process.env;
  const tables = { sessionsTable: `sessions-${randomUUID()}`, revocationsTable: `revocations-${randomUUID()}` };
  let database: Awaited<ReturnType<typeof start>>;
  let ledger: Ledger;
  let client: DynamoDBClient;
  beforeAll(async () => {
    database = await start();
    process.env = { ...environment, ...CREDENTIALS, AWS_ENDPOINT_URL_DYNAMODB: database.endpoint };
    await createLedgerTables(database.endpoint, tables);
    ledger = dynamoDbLedger(tables.sessionsTable, tables.revocationsTable);
    client = new DynamoDBClient({});
  });
  afterAll(async () => {
    client?.destroy();
    process.env = environment;
    await database?.close();
  });

  const id = () => randomBytes(12).toString("base64url");
  const revocation = (more: Partial<Revocation> = {}): Revocation => ({
    kind: "user",
    uid: id(),
    mark: NOW,
    cutoff: NOW,
    recordedAt: NOW,
    until: NOW + 100,
    by: "operator:test",
    reason: "left",
    expiresAt: NOW + 1000,
    ...more,
  });
  const session = (more: Partial<LedgerSession> = {}): LedgerSession => ({
    uid: id(),
    sid: id(),
    idp: "main",
    email: "alice@example.com",
    startedAt: NOW,
    mark: 0,
    gatewayMark: 0,
    renewedAt: NOW,
    generation: 0,
    address: "192.0.2.1",
    userAgent: "test",
    endsAt: NOW + 100,
    expiresAt: NOW + 1000,
    ...more,
  });
  const put = (item: object) =>
    client.send(new PutItemCommand({ TableName: tables.sessionsTable, Item: marshall(item) }));
  async function open(one: LedgerSession): Promise<LedgerSession> {
    const pointer = { uid: one.uid, sid: one.sid, expiresAt: one.expiresAt };
    for (const key of [
      sidPointerKey(one.sid),
      emailPointerKey(one.email, one.uid),
      startedPointerKey(one.startedAt, one.sid),
    ])
      await put({ ...key, ...pointer });
    await put({ ...sessionKeyOf(one.uid, one.sid), ...one });
    return one;
  }
  const atOnce = <T>(write: (writer: number) => Promise<T>) =>
    Promise.all(Array.from({ length: WRITERS }, (_, writer) => write(writer)));
  const trues = (results: boolean[]) => results.filter((one) => one).length;

  if (isAtomic) {
    test("of fifty who put a shard's first state, one does; of fifty who change it, one does", async () => {
      const state = (version: number, writer: number): ShardState => ({
        version,
        floor: writer,
        floorSetAt: NOW,
        entries: "[]",
      });
      for (const version of [1, 2, 3]) {
        expect(trues(await atOnce((writer) => ledger.putShardState("AB", state(version, writer))))).toBe(1);
        expect((await ledger.shardStates(["AB"])).get("AB")!.version).toBe(version);
      }
    });

    test("of fifty who put what the store holds under the same ETag, one does", async () => {
      for (const [etag, before] of [
        ["E1", undefined],
        ["E2", "E1"],
      ] as const) {
        await atOnce((writer) => ledger.putStoreState({ etag, kids: `k${writer}`, shards: "" }, before));
        const { kids } = (await ledger.storeState())!;
        await ledger.putStoreState({ etag: "late", kids: "late", shards: "" }, before);
        expect(await ledger.storeState()).toEqual({ etag, kids, shards: "" });
      }
    });

    test("of fifty who replace one revocation, one does; and of fifty commands about one user each gets a mark of its own", async () => {
      const first = revocation();
      const key = userRevocationId(first.uid!);
      expect(
        trues(await atOnce((writer) => ledger.replaceRevocation(key, undefined, { ...first, mark: NOW + writer }))),
      ).toBe(1);
      const held = (await ledger.revocations([key])).get(key)!;
      expect(
        trues(await atOnce((writer) => ledger.replaceRevocation(key, held, { ...first, mark: NOW + 100 + writer }))),
      ).toBe(1);

      const uid = id();
      const wait = (seconds: number) => new Promise<void>((resolve) => void setTimeout(resolve, seconds * 1000));
      const ports = { ledger, now: () => NOW, wait, sessionLifetime: 28_800, entryLifetime: 1500 } as RevokerPorts;
      const recorded = await atOnce((writer) =>
        recordRevocation(
          ports,
          { version: 1, target: { type: "user", uid }, by: "event:hr", reason: `${writer}` },
          NOW,
        ),
      );
      expect(new Set(recorded.map(({ revocation: { mark } }) => mark)).size).toBe(WRITERS);
      expect((await ledger.revocations([userRevocationId(uid)])).get(userRevocationId(uid))!.mark).toBe(
        NOW + WRITERS - 1,
      );
    });
  }

  test("a revocation is replaced only where it is the one that was read", async () => {
    const first = revocation();
    const key = userRevocationId(first.uid!);
    expect(await ledger.replaceRevocation(key, undefined, first)).toBe(true);
    expect(await ledger.replaceRevocation(key, undefined, first)).toBe(false);
    const second = { ...first, mark: NOW + 1, commands: "a b" };
    expect(await ledger.replaceRevocation(key, { ...first, mark: NOW - 1 }, second)).toBe(false);
    expect(await ledger.replaceRevocation(key, first, second)).toBe(true);
    expect((await ledger.revocations([key])).get(key)).toEqual(second);
  });

  test("the states of all shards are read, however many calls that takes; those that never had one are left out", async () => {
    const some = ALL_SHARDS.filter((_, place) => place % 16 === 0);
    for (const shard of some)
      await ledger.putShardState(shard, { version: 1, floor: 0, floorSetAt: 0, entries: shard });
    const found = await ledger.shardStates(ALL_SHARDS);
    for (const shard of some) expect(found.get(shard)!.entries).toBe(shard);
    expect(found.has("zz")).toBe(false);
  });

  test("every revocation since a time is found, however many pages they take", async () => {
    const since = NOW + 5000;
    const wanted = Array.from({ length: 60 }, () =>
      revocation({ recordedAt: since, reason: randomBytes(15_000).toString("hex") }),
    );
    for (const one of [...wanted, revocation({ recordedAt: since - 1 })])
      await ledger.replaceRevocation(userRevocationId(one.uid!), undefined, one);
    const found: string[] = [];
    for await (const page of ledger.revocationsSince(since)) found.push(...page.map(({ uid }) => uid!));
    expect(found.sort()).toEqual(wanted.map(({ uid }) => uid!).sort());
  });

  test("of more ids than one call takes, every revocation is found, and an id may be asked for twice", async () => {
    const all = Array.from({ length: 130 }, () => revocation({ kind: "session", sid: id(), mark: 0 }));
    for (const one of all) await ledger.replaceRevocation(sessionRevocationId(one.sid!), undefined, one);
    const ids = all.map(({ sid }) => sessionRevocationId(sid!));
    const found = await ledger.revocations([...ids, ids[0]!, sessionRevocationId(id())]);
    expect([...found.values()]).toHaveLength(130);
    for (const one of all) expect(found.get(sessionRevocationId(one.sid!))).toEqual(one);
  });

  test("sessions are found at once by user, by id, by address, and by hour newest first", async () => {
    const uid = id();
    const [old, fresh] = [
      await open(session({ uid, email: "Bob@Example.com" })),
      await open(session({ uid, email: "bob@example.com", startedAt: NOW + 5 })),
    ];
    const other = await open(session({ uid: id(), email: "BOB@example.com", startedAt: NOW + 7200 }));
    expect(new Set(await ledger.sessionsOf(uid))).toEqual(new Set([fresh, old]));
    expect((await ledger.usersOfEmail("bOb@example.com")).sort()).toEqual([uid, other.uid].sort());
    expect([await ledger.userOfSession(old.sid), await ledger.userOfSession(id())]).toEqual([uid, undefined]);
    expect([await ledger.session(uid, old.sid), await ledger.session(id(), old.sid)]).toEqual([old, undefined]);
    const started = await ledger.startedInHourOf(NOW + 100);
    expect(started.map(({ sid }) => sid)).toEqual([fresh.sid, old.sid]);
    expect(new Set(await ledger.sessions([...started, { uid, sid: id(), expiresAt: 0 }]))).toEqual(
      new Set([fresh, old]),
    );
  });
}
