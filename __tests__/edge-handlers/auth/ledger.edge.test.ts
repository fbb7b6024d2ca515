/**
 * The handler's ledger, on the tables as AWS has them and as the emulator has them: conditions, leases and what leads
 * to a session.
 */
import { dynamoDbLedger } from "../../../edge-handlers/auth/aws/ledger";
import type { Ledger } from "../../../edge-handlers/auth/ports";
import { startAwsEmulator } from "../../../local/aws-emulator";
import { createLedgerTables } from "../../../local/ledger-tables";
import type { LedgerSession } from "../../../ledger/records";
import { startDynamoDbLocal } from "../../support/dynamodb-local";
import { describeWithDynamoDbLocal } from "../../support/tools";

const NOW = 1_700_000_000;
const TABLES = { sessionsTable: "sessions", revocationsTable: "revocations" };
const SESSION: LedgerSession = {
  uid: "u".repeat(16),
  sid: "s".repeat(16),
  idp: "main",
  idpSession: "h".repeat(43),
  email: "alice@example.com",
  startedAt: NOW,
  mark: 0,
  gatewayMark: 0,
  renewedAt: NOW,
  generation: 0,
  address: "203.0.113.178",
  userAgent: "",
  endsAt: NOW + 28_800,
  expiresAt: NOW + 28_800 + 30 * 86_400,
};
const { uid, sid } = SESSION;

describeWithDynamoDbLocal("on DynamoDB Local", (folder) => ledgerTests(() => startDynamoDbLocal(folder)));
describe("on the local edge's emulator", () => ledgerTests(startAwsEmulator));

function ledgerTests(start: () => Promise<{ endpoint: string; close(): Promise<void> }>): void {
  let place: { endpoint: string; close(): Promise<void> };
  let ledger: Ledger;
  const environment = { ...process.env };
  beforeAll(async () => {
    place = await start();
    Object.assign(process.env, {
      AWS_ENDPOINT_URL_DYNAMODB: place.endpoint,
      AWS_ACCESS_KEY_ID: "local",
      AWS_SECRET_ACCESS_KEY: "local",
    });
    await createLedgerTables(place.endpoint, TABLES);
    ledger = dynamoDbLedger(async () => TABLES);
  });
  afterAll(async () => {
    process.env = environment;
    await place.close();
  });

  const claim = (lease: string, more: { generation?: number; at?: number; dead?: string } = {}) =>
    ledger.claim({ uid, sid, generation: 0, lease, at: NOW, ...more });
  const renewal = {
    uid,
    sid,
    generation: 0,
    renewedAt: NOW + 900,
    address: "198.51.100.7",
    email: "new@example.com",
    next: "sealed",
  };

  test("a session is opened once, found by what leads to it, and read with what is against it", async () => {
    expect(await ledger.bySid(sid)).toBeUndefined();
    await ledger.point(SESSION);
    expect(await ledger.bySid(sid)).toBeUndefined();
    expect([await ledger.open(SESSION), await ledger.open(SESSION)]).toEqual([true, false]);
    expect(await ledger.bySid(sid)).toMatchObject(SESSION);
    expect(await ledger.byIdpSession(SESSION.idpSession!)).toMatchObject({
      pointers: [{ uid, sid, expiresAt: SESSION.expiresAt }],
      hasMore: false,
    });
    expect(
      await ledger.sessions([
        { uid, sid },
        { uid, sid: "x".repeat(16) },
      ]),
    ).toMatchObject([SESSION]);
    expect(await ledger.status({ uid, sid })).toMatchObject({
      session: SESSION,
      revocations: [],
      mark: 0,
      gatewayMark: 0,
      floor: "0000000",
    });
  });

  test("one has the lease until it gives it back; the lease of a dead one is taken over, or expires", async () => {
    expect(await claim("one")).toMatchObject({ lease: "one", leasedAt: NOW, generation: 0 });
    expect([
      await claim("two"),
      await claim("two", { dead: "three" }),
      await claim("two", { at: NOW + 300 }),
      await claim("two", { at: NOW - 300 }),
    ]).toEqual(Array(4).fill(undefined));
    await ledger.watch({ uid, sid }, "two");
    expect(await ledger.session({ uid, sid })).not.toHaveProperty("watched");
    await ledger.watch({ uid, sid }, "one");
    expect(await ledger.session({ uid, sid })).toMatchObject({ watched: "one" });
    expect(await claim("two", { dead: "one" })).toMatchObject({ lease: "two" });
    expect(await ledger.session({ uid, sid })).not.toHaveProperty("watched");
    await ledger.release({ uid, sid }, "one");
    expect(await ledger.session({ uid, sid })).toMatchObject({ lease: "two" });
    expect(await claim("three", { at: NOW + 301 })).toMatchObject({ lease: "three" });
    expect(await claim("four", { at: NOW })).toMatchObject({ lease: "four" });
    await ledger.release({ uid, sid }, "four", "kept");
    const session = await ledger.session({ uid, sid });
    expect(session).toMatchObject({ next: "kept" });
    for (const name of ["lease", "leasedAt"]) expect(session).not.toHaveProperty(name);
  });

  test("a renewal is recorded by the holder of the lease, once, and not after the end", async () => {
    expect(await ledger.renew({ ...renewal, lease: "one" })).toBe(false);
    await claim("one");
    expect(await ledger.renew({ ...renewal, lease: "two" })).toBe(false);
    expect(await ledger.renew({ ...renewal, lease: "one" })).toBe(true);
    const session = await ledger.session({ uid, sid });
    expect(session).toMatchObject({
      generation: 1,
      renewedAt: NOW + 900,
      address: "198.51.100.7",
      email: "new@example.com",
      next: "sealed",
    });
    expect(session).not.toHaveProperty("lease");
    expect(await claim("two")).toBeUndefined();
    await claim("two", { generation: 1 });
    await ledger.end({ uid, sid }, NOW + 1000);
    expect(await ledger.renew({ ...renewal, generation: 1, lease: "two" })).toBe(false);
    await ledger.release({ uid, sid }, "two");
    expect(await claim("three", { generation: 1 })).toBeUndefined();
  });

  test("a session of the provider has ended when that was recorded", async () => {
    expect(await ledger.endOf("other")).toBeUndefined();
    await ledger.markEnded("other", NOW);
    expect(await ledger.endOf("other")).toBe(NOW);
    expect(await ledger.byIdpSession("other")).toEqual({ pointers: [], hasMore: false });
  });

  test("one click asks for access to a page: another one only after a release, or when its time is over", async () => {
    const claimPage = (click: string, at = NOW) =>
      ledger.claimAccessRequest("page", { click, heldUntil: at + 300 }, at);
    expect(await ledger.accessRequest("page")).toBeUndefined();
    expect(await Promise.all(["one", "two", "three"].map((click) => claimPage(click)))).toEqual(
      expect.arrayContaining([true, false, false]),
    );
    const { click } = (await ledger.accessRequest("page"))!;
    await ledger.releaseAccessRequest("page", "another");
    expect(await claimPage("four", NOW + 299)).toBe(false);
    await ledger.releaseAccessRequest("page", click);
    expect(await claimPage("five")).toBe(true);
    expect(await claimPage("six", NOW + 300)).toBe(true);
    // Its time was over, and yet it was sent.
    await ledger.recordAccessRequest("page", { click: "five", heldUntil: NOW + 3600, sentAt: NOW });
    await ledger.releaseAccessRequest("page", "five");
    await ledger.releaseAccessRequest("page", "six");
    expect(await ledger.accessRequest("page")).toMatchObject({ click: "five", sentAt: NOW });
    expect(await claimPage("seven", NOW + 3599)).toBe(false);
    expect(await claimPage("eight", NOW + 3600)).toBe(true);
    expect(await ledger.accessRequest("page")).not.toHaveProperty("sentAt");
  });
}
