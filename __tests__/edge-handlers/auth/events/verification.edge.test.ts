/** Verification events, by which an operator sees that a stream works. */
import { randomBytes } from "node:crypto";
import type { JWTPayload } from "jose";
import { verificationId } from "../../../../ledger/records";
import { eventKeyOf } from "../../../../ledger/tables";
import { sha256 } from "../../../../session/node-hash";
import { expectProblem } from "../../../support/answers";
import { sign } from "../../../support/event-tokens";
import { CAEP, commandsOf, draft, environment, expectAccepted, expectRefused, push, RISC, SSF } from "./transmitters";

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
