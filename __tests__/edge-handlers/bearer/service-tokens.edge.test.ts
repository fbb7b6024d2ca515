/** Service tokens at the handler of API behaviors: who passes, until when, and what it costs. */
import type { ServiceToken } from "../../../ledger/records";
import { startBearer, type BearerEnvironment } from "../../support/bearer-fixture";
import { makeServiceToken, replaceServiceToken, type MadeToken } from "../../support/service-tokens";

const TABLES = { sessionsTable: "example-sessions", revocationsTable: "example-revocations" };
const READ = "DynamoDB_20120810.BatchGetItem";
const NOTE = "DynamoDB_20120810.PutItem";

let environment: BearerEnvironment;
beforeAll(async () => {
  environment = await startBearer(() => ({}), { aws: TABLES } as object);
});
afterAll(() => environment.close());

const place = () => ({ endpoint: environment.aws.endpoint, table: TABLES.revocationsTable });
const make = (changes: Partial<ServiceToken> = {}) =>
  makeServiceToken({ ...place(), now: environment.clock.now() }, changes);
const revoke = ({ record }: MadeToken) =>
  replaceServiceToken(place(), { ...record, endedAt: environment.clock.now() }, record);

/** The calls to the ledger while `act` ran. */
async function callsOf(act: () => Promise<unknown>): Promise<string[]> {
  const before = environment.aws.requests.length;
  await act();
  return environment.aws.requests.slice(before).filter((target) => target.startsWith("DynamoDB"));
}

test("a token passes with the headers of a session, and does not reach the origin", async () => {
  const { token, record } = await make();
  const answer = await environment.ask({ token, required: "importer" });
  expect(answer.status).toBeUndefined();
  expect(answer.headers).toMatchObject({
    "x-gate-user": record.id,
    "x-gate-session": record.id,
    "x-gate-roles": "importer",
    "x-gate-idp": "service-token",
  });
  for (const name of ["authorization", "x-gate-requirement", "x-gate-email"])
    expect(answer.headers).not.toHaveProperty(name);
});

test.each([
  ["another role", "admin"],
  ["another identity provider", "main=+"],
  ["a scope that it does not have", "&scope=orders.delete"],
  ["another value of a claim", "&claim=plan!basic"],
  ["a recent authentication", "&age=900"],
  ["nobody", "^"],
])("a token that lacks what is required does not pass: %s", async (_, required) => {
  const { token, record } = await make();
  const answer = await environment.ask({ token, required });
  expect([401, 403]).toContain(answer.status);
  expect(await environment.lineAbout(answer)).toMatchObject({ outcome: "not_allowed", uid: record.id });
});

test.each([
  "+",
  "importer",
  "&scope=orders.read",
  "&claim=plan!premium",
  "&any=importer&scope=orders.read!orders.write",
])("a token meets %s", async (required) => {
  const { token } = await make();
  expect((await environment.ask({ token, required })).status).toBeUndefined();
});

test("a busy client costs a read of the ledger every half minute, and one note a day", async () => {
  const { token } = await make();
  const ask = () => environment.ask({ token });
  expect(await callsOf(ask)).toEqual([READ, NOTE]);
  expect(await callsOf(async () => Promise.all(Array.from({ length: 20 }, ask)))).toEqual([]);
  environment.clock.advance(31);
  expect(await callsOf(ask)).toEqual([READ]);
  environment.clock.advance(86_400);
  expect(await callsOf(ask)).toEqual([READ, NOTE]);
});

test("a revoked token is refused within half a minute", async () => {
  const made = await make();
  expect((await environment.ask(made)).status).toBeUndefined();
  await revoke(made);
  environment.clock.advance(31);
  const answer = await environment.ask(made);
  expect(answer).toMatchObject({
    status: 401,
    headers: { "www-authenticate": 'Bearer realm="gate", error="invalid_token"' },
  });
  expect(await environment.lineAbout(answer)).toMatchObject({
    outcome: "token_refused",
    detail: "service_token revoked",
  });
});

test("a token is refused from its end on, also while the ledger's answer is remembered", async () => {
  const { token } = await make({ endsAt: environment.clock.now() + 20 });
  expect((await environment.ask({ token })).status).toBeUndefined();
  environment.clock.advance(21);
  expect((await environment.ask({ token })).status).toBe(401);
});

test("a wrong secret is refused, also while the ledger's answer about the ID is remembered", async () => {
  const { token } = await make();
  expect((await environment.ask({ token })).status).toBeUndefined();
  const forged = token.slice(0, -1) + (token.endsWith("A") ? "B" : "A");
  const answer = await environment.ask({ token: forged });
  expect(answer.status).toBe(401);
  expect(await environment.lineAbout(answer)).toMatchObject({ detail: "service_token unknown" });
});

test.each(["denied", "error", "garbage"] as const)("nobody passes while the ledger answers with %s", async (fault) => {
  const { token } = await make();
  environment.aws.faults.set(READ, fault);
  expect(await environment.ask({ token })).toMatchObject({ status: 503, headers: { "retry-after": "5" } });
  environment.aws.faults.clear();
  expect((await environment.ask({ token })).status).toBeUndefined();
});

test("a request passes while the use cannot be noted", async () => {
  const { token } = await make();
  environment.aws.faults.set(NOTE, "denied");
  expect((await environment.ask({ token })).status).toBeUndefined();
  environment.aws.faults.clear();
});
