/** What is down while an event comes in loses no event; keys of the transmitter may change. */
import type { Fault } from "../../../../local/aws-emulator";
import { expectProblem } from "../../../support/answers";
import type { Outage } from "../../../support/idp/faults";
import { createSigningKey } from "../../../support/idp/keys";
import { putSession } from "../../../support/ledger-sessions";
import { sign } from "../../../support/event-tokens";
import { PATIENCE } from "../../../support/tools";
import {
  alice,
  commandsOf,
  draft,
  environment,
  expectAccepted,
  expectRefused,
  newSid,
  push,
  withTransmitters,
} from "./transmitters";

describe("while something is down the transmitter is asked to try again, and nothing is lost", () => {
  const FAULTS = ["error", "throttle", "garbage"] as const;
  const TARGETS = ["DynamoDB_20120810.GetItem", "AmazonSQS.SendMessage", "DynamoDB_20120810.PutItem"];
  const EACH: [string, Fault][] = [
    ...TARGETS.flatMap((target) => FAULTS.map((fault): [string, Fault] => [target, fault])),
    ["AmazonSQS.SendMessage", "hang"],
  ];
  test.each(EACH)("%s: %s", async (target, fault) => {
    const token = await sign(draft());
    environment.aws.faults.set(target, fault);
    // What hangs is waited for.
    environment.scaleTime(fault === "hang" ? 1 : PATIENCE);
    const response = await push(token);
    environment.scaleTime(PATIENCE);
    environment.aws.faults.clear();
    expectProblem(response, 503);
    expect(response.headers["retry-after"]).toHaveLength(1);
    expect(await commandsOf(async () => expectAccepted(await push(token)))).toHaveLength(1);
    expect(await commandsOf(async () => expectAccepted(await push(token)))).toEqual([]);
  });

  test("the ledger's list of the provider's session", async () => {
    const sid = newSid();
    await putSession(environment, sid);
    const token = await sign(draft(undefined, { sub_id: { session: { format: "opaque", id: sid } } }));
    environment.aws.faults.set("DynamoDB_20120810.Query", "error");
    expect(await commandsOf(async () => expectProblem(await push(token), 503))).toEqual([]);
    environment.aws.faults.clear();
    expect(await commandsOf(async () => expectAccepted(await push(token)))).toHaveLength(1);
  });

  test.each<[Outage, number]>([
    ["error", 503],
    ["unavailable", 503],
    ["reset", 503],
    ["garbage", 502],
    ["redirect", 502],
    ["huge", 502],
  ])("the transmitter's keys: %s", (outage, status) =>
    withTransmitters(async (place) => {
      const token = await sign(draft(undefined, { sub_id: alice(place) }, {}, place));
      place.otherIdp!.outages.set("jwks", outage);
      expect(await commandsOf(async () => expectProblem(await push(token, {}, place), status), place)).toEqual([]);
      place.otherIdp!.outages.clear();
      place.clock.advance(31);
      expect(await commandsOf(async () => expectAccepted(await push(token, {}, place)), place)).toHaveLength(1);
    }),
  );

  test("the transmitter as a whole: keys that are known go on being good", () =>
    withTransmitters(async (place) => {
      expectAccepted(await push(await sign(draft(undefined, {}, {}, place)), {}, place));
      await place.otherIdp!.stop();
      place.clock.advance(3700);
      expect(
        await commandsOf(
          async () => expectAccepted(await push(await sign(draft(undefined, {}, {}, place)), {}, place)),
          place,
        ),
      ).toHaveLength(1);
      await place.otherIdp!.restart();
    }));
});

test("a key that the transmitter has withdrawn is refused, its new one is accepted", () =>
  withTransmitters(async (place) => {
    const transmitter = place.otherIdp!;
    expectAccepted(await push(await sign(draft(undefined, {}, {}, place)), {}, place));
    const old = transmitter.key;
    transmitter.key = await createSigningKey("ES256", "es-2");
    transmitter.publishedKeys = [transmitter.key];
    place.clock.advance(31);
    expectAccepted(await push(await sign(draft(undefined, {}, {}, place)), {}, place));
    expectRefused(await push(await sign({ ...draft(undefined, {}, {}, place), key: old }), {}, place), "key");
  }));
