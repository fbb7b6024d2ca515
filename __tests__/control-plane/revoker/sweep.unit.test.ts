/**
 * The daily sweep says whether the keys are still being rotated: an alarm reads it. Log groups: log-retention.unit.test.ts.
 */
import { gatewayInMemory, type TestPorts } from "../../support/control-plane/gateway";
import { sweep } from "../../../control-plane/revoker/sweep";
import type { RevokerPorts } from "../../../control-plane/ports";

const DAY = 86_400;

test.each([
  ["rotated yesterday", { isOn: true, age: DAY + 5 }, { rotates: true, daysSinceRotation: 1 }],
  ["not rotated for long", { isOn: true, age: 40 * DAY }, { rotates: true, daysSinceRotation: 40 }],
  ["never rotated", { isOn: true, age: undefined }, { rotates: true }],
  ["no longer rotated", { isOn: false, age: undefined }, { rotates: false }],
])("of keys that were %s", async (_, { isOn, age }, told) => {
  const gateway = gatewayInMemory();
  const { ports } = gateway.instance();
  const rotation = async () => ({ isOn, last: age === undefined ? undefined : ports.now() - age });
  const { written, deleted, revocations, ...said } = await gateway.time.run(
    sweep({ ...ports, secret: { ...ports.secret, rotation } } as TestPorts & RevokerPorts),
  );
  expect({ written, deleted, revocations }).toEqual({ written: expect.any(Number), deleted: 0, revocations: 0 });
  expect(said).toEqual({ ...told, logGroups: 0, logGroupsRefused: 0, logGroupsFailed: 0 });
});
