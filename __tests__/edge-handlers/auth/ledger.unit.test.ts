/** What DynamoDB leaves out of an answer may be the revocation, and what it leaves unwritten the way to a session. */
import { dynamoDbLedger } from "../../../edge-handlers/auth/aws/ledger";
import { send } from "../../../edge-handlers/shared/connections";

jest.mock("../../../edge-handlers/shared/connections");

const UID = "u".repeat(16);
const SESSION = { uid: { S: UID } };
const USER = { id: { S: `user#${UID}` }, kind: { S: "user" }, uid: { S: UID }, mark: { N: "7" } };
const GATEWAY = { id: { S: "gateway#u" }, kind: { S: "gateway" }, mark: { N: "9" } };
const SHARD = { id: { S: "shard#2990" }, version: { N: "1" }, floor: { N: "46655" } };
const ledger = dynamoDbLedger(async () => ({ sessionsTable: "sessions", revocationsTable: "revocations" }));

function answer(...outputs: object[]) {
  let calls = 0;
  return jest.mocked(send).mockImplementation(async () => {
    const body = Buffer.from(JSON.stringify(outputs[Math.min(calls++, outputs.length - 1)]));
    return { status: 200, headers: {}, body };
  });
}
afterEach(() => jest.resetAllMocks());

test("a session, its revocations, marks and floor are read at once", async () => {
  answer({ Responses: { sessions: [SESSION], revocations: [USER, SHARD, GATEWAY] }, UnprocessedKeys: {} });
  const ledgerStatus = await ledger.status({ uid: UID, sid: "s" });
  expect(ledgerStatus).toMatchObject({ session: { uid: UID }, mark: 7, gatewayMark: 9, floor: "0000zzz" });
  expect(ledgerStatus.revocations.map(({ kind }) => kind)).toEqual(["user", "gateway"]);
  answer({ Responses: { sessions: [], revocations: [] } });
  expect(await ledger.status({ uid: UID, sid: "s" })).toEqual({
    session: undefined,
    revocations: [],
    mark: 0,
    gatewayMark: 0,
    floor: "0000000",
  });
});

test("every read is strongly consistent: what was recorded before it is seen by it", async () => {
  const sent = answer({
    Responses: { sessions: [], revocations: [] },
    Items: [],
    Item: { uid: { S: UID }, sid: { S: "s" } },
  });
  await ledger.status({ uid: UID, sid: "s" });
  await ledger.session({ uid: UID, sid: "s" });
  await ledger.bySid("s");
  await ledger.byIdpSession("hash");
  await ledger.sessions([{ uid: UID, sid: "s" }]);
  await ledger.endOf("hash");
  await ledger.wasTaken("hash");
  await ledger.accessRequest("hash");
  const reads = sent.mock.calls.map(([, { body = "" }]) => {
    const input = JSON.parse(body) as { RequestItems?: Record<string, object> };
    return Object.values<{ ConsistentRead?: boolean }>(input.RequestItems ?? { input });
  });
  expect(reads.flat()).toHaveLength(10);
  expect(reads.flat().filter(({ ConsistentRead }) => ConsistentRead !== true)).toEqual([]);
});

test.each<[string, object]>([
  ["no tables", {}],
  ["no table", { Responses: {} }],
  ["no revocations", { Responses: { sessions: [SESSION] } }],
  ["no sessions", { Responses: { revocations: [] } }],
  ["revocations of another table", { Responses: { sessions: [SESSION], others: [] } }],
  [
    "keys that were not read",
    { Responses: { sessions: [SESSION], revocations: [] }, UnprocessedKeys: { revocations: { Keys: [{}] } } },
  ],
  ["a mark that is none", { Responses: { sessions: [], revocations: [{ ...USER, mark: { S: "x" } }] } }],
  ["a floor that is none", { Responses: { sessions: [], revocations: [{ ...SHARD, floor: { N: "-1" } }] } }],
])("an answer with %s is none", async (_name, output) => {
  answer(output);
  await expect(ledger.status({ uid: UID, sid: "s" })).rejects.toMatchObject({ code: "ledger_unavailable" });
});

describe("what leads to a session", () => {
  const SIGN_IN = { uid: UID, sid: "s", email: "A@example.com", idpSession: "h", startedAt: 7200, expiresAt: 9000 };
  type Written = Record<string, { PutRequest: { Item: { pk: { S: string }; sk?: { S: string } } } }[]>;
  const LEFT = { UnprocessedItems: { sessions: [{ PutRequest: { Item: { pk: { S: "sid#s" } } } }] } };

  test("is written at once, and what was left over again", async () => {
    const calls = answer(LEFT, { UnprocessedItems: {} });
    await ledger.point(SIGN_IN);
    const written = calls.mock.calls.map(([, { body = "" }]) => JSON.parse(body) as { RequestItems: Written });
    const keysOf = ({ RequestItems }: { RequestItems: Written }) =>
      RequestItems["sessions"]!.map(
        ({
          PutRequest: {
            Item: { pk, sk },
          },
        }) => [pk.S, sk?.S],
      );
    expect(written.map(keysOf)).toEqual([
      [
        ["sid#s", "user"],
        ["started#2", "7200#s"],
        ["email#a@example.com", `user#${UID}`],
        ["idp-session#h", "session#s"],
      ],
      [["sid#s", undefined]],
    ]);
  });

  test.each<[string, object]>([
    ["leaves over again and again", LEFT],
    ["does not tell of", {}],
  ])("is not there where DynamoDB %s it", async (_name, output) => {
    answer(output);
    await expect(ledger.point(SIGN_IN)).rejects.toMatchObject({ code: "ledger_unavailable" });
  });
});
