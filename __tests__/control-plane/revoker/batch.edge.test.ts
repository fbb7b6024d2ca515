/** What SQS and SNS hand over, and what becomes of a message that cannot be carried out. */
import { randomBytes } from "node:crypto";
import type { RevocationCommand } from "../../../session/revocation";
import { gateSources } from "../../support/gate-sites";
import { startControlPlane, type ControlPlane, type Signed } from "../../support/control-plane";
import { startMoto, type Moto } from "../../support/moto";
import { describeWith } from "../../support/tools";

/** Milliseconds: a busy machine is slow, not wrong. */
jest.setTimeout(120_000);

describeWith("moto", "the queue of revocations", (path) => {
  const gate = gateSources().door;
  let moto: Moto;
  let plane: ControlPlane;
  beforeAll(async () => {
    moto = await startMoto(path);
    plane = await startControlPlane(moto.endpoint, { gate });
  });
  afterAll(async () => {
    await plane?.close();
    await moto?.close();
  });
  afterEach(() => plane.unwatch());

  const id = () => randomBytes(12).toString("base64url");
  const valid = (uid = id()): RevocationCommand => ({ version: 1, target: { type: "user", uid }, by: "sign-out", reason: "" });
  const user = ({ session }: Signed) => valid(session.uid);
  const other = (more: object) => JSON.stringify({ ...valid(), ...more });
  const allowed = ({ session }: Signed) => `allow session ${session.uid}`;

  describe("never carries out, and never waits for", () => {
    const future = () => Math.floor(Date.now() / 1000) + 100;
    const choose = 'target: write { type: "user", uid }, { type: "user", issuer, subject } or { type: "session", sid, uid? }';
    test.each<[string, () => string, string]>([
      ["what is not JSON", () => "revoke everybody!", "not JSON"],
      ["what is empty JSON", () => "null", "Invalid input: expected object, received null"],
      ["another version", () => other({ version: 2 }), "version: Invalid input: expected 1"],
      ["no target", () => other({ target: undefined }), choose],
      ["a target of no kind", () => other({ target: { type: "gateway" } }), choose],
      ["a user without an id", () => other({ target: { type: "user" } }), choose],
      ["a user of two kinds", () => other({ target: { type: "user", uid: id(), issuer: "https://idp.example", subject: "a" } }), choose],
      ["a uid that is too short", () => other({ target: { type: "user", uid: "short" } }), "target.uid: write 16 characters of base64url"],
      ["a uid with other characters", () => other({ target: { type: "user", uid: "user#user#user#u" } }), "target.uid: write 16 characters of base64url"],
      ["a sid that is too long", () => other({ target: { type: "session", sid: "s".repeat(17) } }), "target.sid: write 16 characters of base64url"],
      ["a member that nobody knows", () => other({ until: 1 }), "has members that are not known"],
      ["a cut-off more than a minute ahead", () => other({ cutoff: future() }), "cutoff: more than 60 s ahead"],
      ["a cut-off that is no whole number", () => other({ cutoff: 1.5 }), "cutoff: Invalid input: expected int, received number"],
      ["a cut-off before 1970", () => other({ cutoff: -1 }), "cutoff: Too small: expected number to be >=0"],
      ["a cut-off of a session", () => other({ target: { type: "session", sid: id(), uid: id() }, cutoff: 5 }), "cutoff: leave it out: a session is revoked whenever it began"],
      ["nobody who asks", () => other({ by: undefined }), "by: Invalid input: expected string, received undefined"],
      ["a name of more than 200 characters", () => other({ by: "b".repeat(201) }), "by: write at most 200 characters"],
      ["a name with a line break", () => other({ by: "sign-out\nforged" }), "by: write printable ASCII"],
      ["a reason of more than 500 characters", () => other({ reason: "r".repeat(501) }), "reason: write at most 500 characters"],
      ["more than 4 KB", () => other({ target: { type: "user", issuer: "i".repeat(900), subject: "ü".repeat(2000) } }), "more than 4096 bytes"],
      ["a session that nobody knows", () => other({ target: { type: "session", sid: id() } }), "the ledger has no such session"],
    ])("%s", async (_, body, reason) => {
      const [before, after] = [await plane.signIn(), await plane.signIn()];
      const message = body();
      expect(await plane.deliver([user(before), message, user(after)])).toEqual([]);
      expect(await plane.buried()).toEqual([{ body: message, reason }]);
      expect([await plane.decide(before), await plane.decide(after)]).toEqual(["login revoked", "login revoked"]);
    });
  });

  test("has nothing of a message in the log but what was checked", async () => {
    const secret = "made-up-text-that-nobody-should-log";
    await plane.deliver([secret, other({ [secret]: 1 }), other({ target: { type: secret } }), other({ reason: secret })]);
    await plane.buried();
    expect(plane.logs()).not.toContain(secret);
    expect(plane.logs()).toContain(`"reasonLength":${secret.length}`);
  });

  test("hands everything back, in its order, from the first message on that may work later", async () => {
    const users = await Promise.all([0, 1, 2, 3].map(() => plane.signIn()));
    let puts = 0;
    // The SDK tries six times.
    plane.watch((operation) => (operation === "PutItem" && ++puts > 2 ? "error" : undefined));
    expect(await plane.deliver([user(users[0]!), "poison", user(users[1]!), user(users[2]!), user(users[3]!)])).toEqual([3, 4]);
    plane.unwatch();
    expect(await Promise.all(users.map(plane.decide))).toEqual(["login revoked", "login revoked", allowed(users[2]!), allowed(users[3]!)]);
    expect(await plane.buried()).toHaveLength(1);
    expect(await plane.deliver([user(users[2]!), user(users[3]!)])).toEqual([]);
    expect(await Promise.all(users.map(plane.decide))).toEqual(Array(4).fill("login revoked"));
  });

  test("hands a poisoned message back where even its burial fails", async () => {
    const [before, after] = [await plane.signIn(), await plane.signIn()];
    plane.watch((operation) => (operation === "SendMessage" ? "error" : undefined));
    expect(await plane.deliver([user(before), "poison", user(after)])).toEqual([1, 2]);
    plane.unwatch();
    expect([await plane.decide(before), await plane.decide(after)]).toEqual(["login revoked", allowed(after)]);
  });

  test("gets what the topic was told, once, however often SNS delivers it", async () => {
    const event = (body: string, MessageId: string) => ({
      Records: [{ EventSource: "aws:sns", EventVersion: "1.0", EventSubscriptionArn: "arn:aws:sns:us-east-1:111122223333:example:1", Sns: { Type: "Notification", MessageId, Message: body, Timestamp: "2026-01-01T00:00:00.000Z" } }],
    });
    const [body, again] = [JSON.stringify(valid()), "anything: the queue's side checks it"];
    const messageId = "22b80b92-fdea-4c2c-8f9d-bdfb0c7bf324";
    await plane.invoke(event(body, messageId));
    await plane.invoke(event(body, messageId));
    await plane.invoke(event(again, "22b80b92-fdea-4c2c-8f9d-bdfb0c7bf325"));
    // The same words said again are another revocation.
    await plane.invoke(event(body, "22b80b92-fdea-4c2c-8f9d-bdfb0c7bf326"));
    expect(await plane.queued()).toEqual([body, again, body]);
  });

  test("of one user has the latest cut-off win, in whatever order", async () => {
    const now = plane.clock.now();
    const signed = await plane.signIn({ issuedAt: now - 10 });
    for (const cutoff of [now - 60, now - 5, now - 30]) expect(await plane.deliver([{ ...user(signed), cutoff }])).toEqual([]);
    expect(await plane.decide(signed)).toBe("login revoked");
    expect((await plane.revocations()).find(({ uid }) => uid === signed.session.uid)?.cutoff).toBe(now - 5);
  });
});

describeWith("moto", "a request that makes no sense", (path) => {
  let moto: Moto;
  let plane: ControlPlane;
  beforeAll(async () => {
    moto = await startMoto(path);
    plane = await startControlPlane(moto.endpoint);
  });
  afterAll(async () => {
    await plane?.close();
    await moto?.close();
  });

  test.each<[string, unknown, string]>([
    ["nothing", null, "invalid_request"],
    ["a text", "sessions", "invalid_request"],
    ["no operation", {}, "invalid_request"],
    ["an operation of nobody's", { operation: "constructor" }, "invalid_request"],
    ["a member too many", { operation: "rebuild", force: true }, "invalid_request"],
    ["two users at once", { operation: "sessions", uid: "u".repeat(16), email: "a@example.com" }, "invalid_request"],
    ["everybody's sessions, those that are over included", { operation: "sessions", all: true }, "invalid_request"],
    ["a limit of 0", { operation: "sessions", limit: 0 }, "invalid_request"],
    ["a lockdown by nobody", { operation: "lockdown", reason: "" }, "invalid_request"],
    ["a revocation far ahead", { operation: "revoke", command: { version: 1, target: { type: "user", uid: "u".repeat(16) }, cutoff: 9e9, by: "b", reason: "" } }, "invalid_request"],
    ["a revocation of a session that nobody knows", { operation: "revoke", command: { version: 1, target: { type: "session", sid: "s".repeat(16) }, by: "b", reason: "" } }, "not_found"],
  ])("is answered with the mistake, and nothing is done: %s", async (_, event, code) => {
    const before = JSON.stringify([plane.store.records, await plane.revocations(), await plane.labels()]);
    expect(await plane.invoke(event)).toEqual({ error: { code, message: expect.any(String) as string } });
    expect(JSON.stringify([plane.store.records, await plane.revocations(), await plane.labels()])).toBe(before);
  });
});
