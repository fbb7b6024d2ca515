/** What moto cannot show: on AWS the version of a rotation is known, and pending, before it has a value; labels come off again. */
import { randomBytes } from "node:crypto";
import type { Ports } from "../../../control-plane/key-rotator/ports";
import type { Stages } from "../../../control-plane/session-keys/ports";
import type { Change } from "../../../control-plane/store/ports";
import { STEPS } from "../../../control-plane/key-rotator/steps";
import type { SessionKeys } from "../../../session/keys";

const SETTINGS = { shardCount: 64, keyRetention: 3600, propagation: 45 } as const;
const KEYS: SessionKeys = { current: "k1", keys: { k1: "k".repeat(43) } };

function startPorts(stages: Stages, versions: Record<string, SessionKeys>) {
  const seen = { promoted: [] as unknown[], waited: [] as number[], records: new Map<string, string>() };
  const ports: Ports = {
    secret: {
      stages: async () => ({ ...stages }),
      read: async (version) => versions[version],
      putPending: async (version, keys) => void (versions[version] = keys),
      promote: async (version, from) => {
        seen.promoted.push([version, from]);
        stages.current = version;
      },
    },
    store: {
      read: async () => ({ etag: "1", records: new Map(seen.records) }),
      update: async (changes: readonly Change[]) => {
        for (const change of changes) {
          if ("put" in change) seen.records.set(change.put, change.value);
          else seen.records.delete(change.delete);
        }
        return "1";
      },
    },
    now: () => 1_800_000_000,
    random: randomBytes,
    wait: async (seconds) => void seen.waited.push(seconds),
  };
  return { ports, versions, seen };
}

test("the first rotation of a secret promotes its version although none was current", async () => {
  const { ports, versions, seen } = startPorts({ pending: "v1" }, {});
  for (const step of ["createSecret", "setSecret", "testSecret", "finishSecret"]) await STEPS[step]!(ports, SETTINGS, "v1");
  expect(seen.promoted).toEqual([["v1", undefined]]);
  expect(seen.records.size).toBe(64);
  expect(Object.keys(versions)).toEqual(["v1"]);
});

test("later rotations take the label from the version that has it", async () => {
  const { ports, seen } = startPorts({ current: "v1", pending: "v2" }, { v1: KEYS });
  for (const step of ["createSecret", "setSecret", "testSecret", "finishSecret"]) await STEPS[step]!(ports, SETTINGS, "v2");
  expect(seen.promoted).toEqual([["v2", "v1"]]);
});

test("testSecret gives the edges their time, once every record can be read", async () => {
  const { ports, seen } = startPorts({ pending: "v1" }, { v1: KEYS });
  await expect(STEPS["testSecret"]!(ports, SETTINGS, "v1")).rejects.toThrow("64 of 64 shards");
  expect(seen.waited).not.toContain(45);
  await STEPS["setSecret"]!(ports, SETTINGS, "v1");
  await STEPS["testSecret"]!(ports, SETTINGS, "v1");
  expect(seen.waited.at(-1)).toBe(45);
});

test.each(["current", "previous"] as const)("a %s version that has no value stops the rotation: replacing it would end sessions", async (stage) => {
  const { ports, versions } = startPorts({ [stage]: "v1", pending: "v2" }, {});
  await expect(STEPS["createSecret"]!(ports, SETTINGS, "v2")).rejects.toThrow("the version v1 has a staging label and no value");
  expect(versions).toEqual({});
});

test.each([
  ["current", { current: "v1" }],
  ["pending, of a rotation that began meanwhile,", { current: "v1", pending: "v2" }],
])("the sweep spares the keys of a version that is %s", async (_, stages) => {
  const other: SessionKeys = { current: "k2", keys: { ...KEYS.keys, k2: "l".repeat(43) } };
  const { ports, seen } = startPorts(stages, { v1: KEYS, v2: other });
  for (const kid of ["k1", "k2", "k3"]) seen.records.set(`${kid}.0`, `${"x".repeat(43)}.`);
  await STEPS["finishSecret"]!(ports, SETTINGS, "v1");
  const kids = new Set([...seen.records.keys()].map((key) => key.split(".")[0]));
  expect([...kids].sort()).toEqual("pending" in stages ? ["k1", "k2"] : ["k1"]);
});
