/** What DynamoDB leaves out of an answer may be the revocation. */
import { dynamoDbLedger } from "../../../edge-handlers/auth/aws/ledger";

const SESSIONS = { uid: { S: "u" } };
const REVOCATION = { kind: { S: "user" }, uid: { S: "u" } };
const ledger = dynamoDbLedger(async () => ({ sessionsTable: "sessions", revocationsTable: "revocations" }));

function answer(output: object): void {
  jest.spyOn(globalThis, "fetch").mockImplementation(async () => new Response(JSON.stringify(output)));
}
afterEach(() => jest.restoreAllMocks());

test("sessions and revocations are read", async () => {
  answer({ Responses: { sessions: [SESSIONS], revocations: [REVOCATION] }, UnprocessedKeys: {} });
  expect(await ledger.standing("u", "s")).toEqual({ session: { uid: "u" }, revocations: [{ kind: "user", uid: "u" }] });
  answer({ Responses: { sessions: [], revocations: [] } });
  expect(await ledger.standing("u", "s")).toEqual({ session: undefined, revocations: [] });
});

test.each<[string, object]>([
  ["no tables", {}],
  ["no table", { Responses: {} }],
  ["no revocations", { Responses: { sessions: [SESSIONS] } }],
  ["no sessions", { Responses: { revocations: [] } }],
  ["revocations of another table", { Responses: { sessions: [SESSIONS], others: [] } }],
  ["keys that were not read", { Responses: { sessions: [SESSIONS], revocations: [] }, UnprocessedKeys: { revocations: { Keys: [{}] } } }],
])("an answer with %s is none", async (_name, output) => {
  answer(output);
  await expect(ledger.standing("u", "s")).rejects.toMatchObject({ code: "ledger_unavailable" });
});
