/** What is down while a logout token comes in loses no logout. */
import { expectProblem } from "../../../support/answers";
import { withAuth } from "../../../support/auth-fixture";
import type { Outage } from "../../../support/idp/faults";
import { putSession } from "../../../support/ledger-sessions";
import { sign } from "../../../support/event-tokens";
import { commandsOf, draft, environment, expectDone, expectRefused, post } from "./logout-tokens";

describe("while something is down the provider is asked to try again, and nothing is lost", () => {
  const FAULTS = ["error", "throttle", "garbage"] as const;
  const TARGETS = [
    "DynamoDB_20120810.GetItem",
    "DynamoDB_20120810.Query",
    "DynamoDB_20120810.BatchGetItem",
    "AmazonSQS.SendMessage",
    "DynamoDB_20120810.UpdateItem",
    "DynamoDB_20120810.PutItem",
  ];
  const EACH = TARGETS.flatMap((target) => FAULTS.map((fault) => [target, fault] as const));
  test.each(EACH)("%s: %s", async (target, fault) => {
    const honest = draft();
    const session = await putSession(environment, String(honest.claims["sid"]));
    const token = await sign(honest);
    environment.aws.faults.set(target, fault);
    const response = await post(token);
    environment.aws.faults.clear();
    expectProblem(response, 503);
    expect(response.headers["retry-after"]).toHaveLength(1);
    // Where only the record of the token was lost, the session has been revoked and has ended by now.
    const wasSent = environment.aws.messages.some(
      ({ command: { target: sent } }) => sent.type === "session" && sent.sid === session.sid,
    );
    const commands = await commandsOf(async () => expectDone(await post(token)));
    if (!wasSent) expect(commands).toHaveLength(1);
    expect(
      environment.aws.messages.some(
        ({ command: { target: sent } }) => sent.type === "session" && sent.sid === session.sid,
      ),
    ).toBe(true);
    expectRefused(await post(token), "replayed");
  });

  test.each<[Outage, number]>([
    ["error", 503],
    ["unavailable", 503],
    ["reset", 503],
    ["garbage", 502],
    ["redirect", 502],
    ["huge", 502],
  ])("the provider's keys: %s", (outage, status) =>
    withAuth({}, async (place) => {
      const token = await sign(draft({ sid: undefined }, place));
      place.idp.outages.set("jwks", outage);
      const commands = await commandsOf(async () => expectProblem(await post(token, {}, place), status), place);
      expect(commands).toEqual([]);
      place.idp.outages.clear();
      place.clock.advance(31);
      expect(await commandsOf(async () => expectDone(await post(token, {}, place)), place)).toHaveLength(1);
    }),
  );

  test("the provider as a whole: keys that are known go on being good", () =>
    withAuth({}, async (place) => {
      expectDone(await post(await sign(draft({}, place)), {}, place));
      await place.idp.stop();
      place.clock.advance(3700);
      expect(
        await commandsOf(
          async () => expectDone(await post(await sign(draft({ sid: undefined }, place)), {}, place)),
          place,
        ),
      ).toHaveLength(1);
      await place.idp.restart();
    }));
});
