/** Events that end sessions only where the config says so. */
import { sign } from "../../../support/event-tokens";
import {
  alice,
  CAEP,
  commandsOf,
  cutOff,
  draft,
  environment,
  expectAccepted,
  expectRefused,
  OPTIONAL,
  push,
} from "./transmitters";

describe.each(OPTIONAL)("$event, by config", ({ event, uri, name, payload }) => {
  const url = `/_gate/events/on-${event}`;

  test("ends all sessions of the user that began until then", async () => {
    const happened = environment.clock.now() - 500;
    const token = await sign(draft(uri, {}, { ...payload, event_timestamp: happened }));
    expect(await commandsOf(async () => expectAccepted(await push(token, { url })))).toEqual([
      cutOff(name, happened, `event:on-${event}`),
    ]);
  });

  test("is about the user of a complex subject, whatever the device", async () => {
    const sub_id = { format: "complex", user: alice(), device: { format: "opaque", id: "d" } };
    const token = await sign(draft(uri, { sub_id }, payload));
    expect(await commandsOf(async () => expectAccepted(await push(token, { url })))).toHaveLength(1);
  });

  test("is refused without its user", async () => {
    const sub_id = { format: "complex", device: { format: "opaque", id: "d" } };
    const token = await sign(draft(uri, { sub_id }, payload));
    expect(await commandsOf(async () => expectRefused(await push(token, { url }), "subject"))).toEqual([]);
  });

  test("does nothing at a transmitter whose config names another event only", async () => {
    const others = OPTIONAL.filter((other) => other.event !== event).map((other) => other.event);
    for (const other of others) {
      const token = await sign(draft(uri, {}, payload));
      expect(
        await commandsOf(async () => expectAccepted(await push(token, { url: `/_gate/events/on-${other}` }))),
      ).toEqual([]);
    }
  });
});

describe("device-compliance-change, by config", () => {
  const url = "/_gate/events/on-device-compliance-change";
  const uri = `${CAEP}device-compliance-change`;

  test("does nothing where a device complies again", async () => {
    const token = await sign(draft(uri, {}, { previous_status: "not-compliant", current_status: "compliant" }));
    const ignored = async () => {
      const response = await push(token, { url });
      expectAccepted(response);
      expect(await environment.logLines(response)).toEqual([
        expect.objectContaining({
          outcome: "ignored",
          detail: "on-device-compliance-change: CAEP device-compliance-change",
        }),
      ]);
    };
    expect(await commandsOf(ignored)).toEqual([]);
  });

  test.each([
    ["no status", {}],
    ["a status that is not one", { current_status: "broken" }],
    ["a status that every object has", { current_status: "constructor" }],
    ["a status in a list", { current_status: ["not-compliant"] }],
    ["null as its status", { current_status: null }],
  ])("is refused with %s", async (_name, payload) => {
    const token = await sign(draft(uri, {}, payload));
    const refused = async () => {
      const response = await push(token, { url });
      expectRefused(response, "claims");
      expect(await environment.logLines(response)).toEqual([
        expect.objectContaining({ detail: "on-device-compliance-change: claims current_status" }),
      ]);
    };
    expect(await commandsOf(refused)).toEqual([]);
  });
});
