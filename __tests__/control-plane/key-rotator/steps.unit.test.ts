/**
 * What moto cannot show: on AWS the version of a rotation is known, and pending, before it has a value; labels come off again. And
 * what would take hours: a rotation that is tried again late.
 */
import { randomBytes } from "node:crypto";
import type { Ports } from "../../../control-plane/key-rotator/ports";
import type { Stages } from "../../../control-plane/session-keys/ports";
import type { Change } from "../../../control-plane/store/ports";
import { STEPS } from "../../../control-plane/key-rotator/steps";
import type { SessionKeys } from "../../../session/keys";
import type { Revocation } from "../../../session/ledger";
import { decodeRecord } from "../../../session/shard";

const NOW = 1_800_000_000;
const SETTINGS = { shardCount: 64, keyRetention: 3600, propagation: 45, tokenLifetime: 900, handlerCache: 90 } as const;
const KEYS: SessionKeys = { current: "k1", keys: { k1: "k".repeat(43) } };
const ALL_STEPS = ["createSecret", "setSecret", "testSecret", "finishSecret"];

function startPorts(stages: Stages, versions: Record<string, SessionKeys>) {
  const seen = { now: NOW, promoted: [] as [version: string, from: string | undefined][], waited: [] as number[], records: new Map<string, string>(), revocations: [] as Revocation[] };
  function label(version: string, from: string | undefined): boolean {
    if (stages.current !== from) return false;
    if (from !== undefined) stages.previous = from;
    stages.current = version;
    seen.promoted.push([version, from]);
    return true;
  }
  const ports: Ports = {
    secret: {
      stages: async () => ({ ...stages }),
      read: async (version) => versions[version],
      async putPending(version, keys) {
        versions[version] = keys;
        stages.pending = version;
      },
      async promote(version, from) {
        if (!label(version, from)) throw new Error("InvalidParameterException");
      },
      async replaceCurrent(version, keys, from) {
        versions[version] = keys;
        return label(version, from);
      },
      async unlabel(stage, version) {
        if (stages[stage] === version) delete stages[stage];
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
    ledger: { livingRevocations: async () => seen.revocations },
    now: () => seen.now,
    random: randomBytes,
    wait: async (seconds) => void seen.waited.push(seconds),
  };
  const step = (name: string, version: string) => STEPS[name]!(ports, SETTINGS, version);
  const steps = async (names: string[], version: string) => {
    for (const name of names) await step(name, version);
  };
  return { ports, stages, versions, seen, step, steps };
}

test("the first rotation of a secret promotes its version although none was current", async () => {
  const { versions, seen, steps } = startPorts({ pending: "v1" }, {});
  await steps(ALL_STEPS, "v1");
  expect(seen.promoted).toEqual([["v1", undefined]]);
  expect(seen.records.size).toBe(64);
  expect(Object.keys(versions)).toEqual(["v1"]);
});

test("later rotations take the label from the version that has it", async () => {
  const { seen, stages, steps } = startPorts({ current: "v1", pending: "v2" }, { v1: KEYS });
  await steps(ALL_STEPS, "v2");
  expect(seen.promoted).toEqual([["v2", "v1"]]);
  expect(stages).toEqual({ current: "v2", previous: "v1" });
});

test("testSecret gives the edges their time, once every record can be read", async () => {
  const { seen, step } = startPorts({ pending: "v1" }, { v1: KEYS });
  await expect(step("testSecret", "v1")).rejects.toThrow("64 of 64 shards");
  expect(seen.waited).not.toContain(45);
  await step("setSecret", "v1");
  await step("testSecret", "v1");
  expect(seen.waited.at(-1)).toBe(45);
});

test.each(["current", "previous"] as const)("a %s version that has no value stops the rotation: replacing it would end sessions", async (stage) => {
  const { versions, step } = startPorts({ [stage]: "v1", pending: "v2" }, {});
  await expect(step("createSecret", "v2")).rejects.toThrow("the version v1 has a staging label and no value");
  expect(versions).toEqual({});
});

describe("every handler knows a key before one signs with it", () => {
  test("the new key waits for as long as the steps may take", async () => {
    const { versions, seen, steps } = startPorts({ current: "v1", pending: "v2" }, { v1: KEYS });
    await steps(["createSecret", "setSecret", "testSecret"], "v2");
    seen.now += 600 + 45;
    await steps(["finishSecret"], "v2");
    expect(seen.promoted).toEqual([["v2", "v1"]]);
    expect(versions["v2"]).toMatchObject({ before: "k1", since: seen.now + 90 });
    expect(seen.waited).not.toContain(90);
  });

  test("where the steps took longer, the new key is announced and waits first", async () => {
    const { versions, seen, steps } = startPorts({ current: "v1", pending: "v2" }, { v1: KEYS });
    await steps(["createSecret", "setSecret", "testSecret"], "v2");
    seen.now += 600 + 45 + 1;
    const order: string[] = [];
    seen.waited.push = (seconds) => order.push(`${seconds} s after ${seen.promoted.length}`);
    await steps(["finishSecret"], "v2");
    const [[announced, from], then] = seen.promoted as [[string, string], unknown];
    expect([from, then]).toEqual(["v1", ["v2", announced]]);
    expect(versions[announced]).toEqual({ ...KEYS, keys: { ...KEYS.keys, [versions["v2"]!.current]: versions["v2"]!.keys[versions["v2"]!.current] } });
    expect(order).toEqual(["90 s after 1"]);
  });

  test("a rotation that ended while the new key was announced waits again, and announces it once", async () => {
    const { ports, seen, steps } = startPorts({ current: "v1", pending: "v2" }, { v1: KEYS });
    await steps(["createSecret", "setSecret", "testSecret"], "v2");
    seen.now += 9999;
    const { wait } = ports;
    ports.wait = async () => Promise.reject(new Error("the process ended"));
    await expect(steps(["finishSecret"], "v2")).rejects.toThrow("the process ended");
    ports.wait = wait;
    await steps(ALL_STEPS, "v2");
    const [announced] = seen.promoted[0]!;
    expect(seen.promoted).toEqual([[announced, "v1"], ["v2", announced]]);
    expect(seen.waited).toContain(90);
  });
});

describe("a rotation that other keys come into stops", () => {
  const LOCKED: SessionKeys = { current: "k9", keys: { k9: "z".repeat(43) } };
  const BEFORE: Record<string, string[]> = {
    setSecret: ["createSecret"],
    testSecret: ["createSecret", "setSecret"],
    finishSecret: ["createSecret", "setSecret", "testSecret"],
    createSecret: ["createSecret", "setSecret", "testSecret"],
  };

  test.each(Object.entries(BEFORE))("before %s, and is not in the way of the next one", async (next, before) => {
    const { stages, versions, seen, step, steps } = startPorts({ current: "v1", pending: "v2" }, { v1: KEYS });
    await steps(before, "v2");
    Object.assign(stages, { current: "v9" });
    versions["v9"] = LOCKED;
    await expect(step(next, "v2")).rejects.toThrow("the session keys were replaced while they were rotated");
    for (const again of ALL_STEPS) await expect(step(again, "v2")).rejects.toThrow("is not pending");
    expect(stages).toEqual({ current: "v9" });
    await steps(ALL_STEPS, "v3");
    expect(stages).toEqual({ current: "v3", previous: "v9" });
    // A set: a key id that happens to have digits only comes first among the members of an object.
    expect(new Set(Object.keys(versions["v3"]!.keys))).toEqual(new Set(["k9", versions["v3"]!.current]));
    expect([...new Set([...seen.records.keys()].map((name) => name.split(".")[0]))]).toEqual([versions["v3"]!.current]);
  });

  test.each<[when: string, late: number, message: string]>([
    ["is promoted", 0, "InvalidParameterException"],
    ["is announced", 9999, "the session keys were replaced while they were rotated"],
    ["has been announced", 9999, "InvalidParameterException"],
  ])("while its key %s", async (when, late, message) => {
    const { ports, stages, versions, seen, steps } = startPorts({ current: "v1", pending: "v2" }, { v1: KEYS });
    await steps(["createSecret", "setSecret", "testSecret"], "v2");
    seen.now += late;
    const lockdown = () => {
      versions["v9"] = LOCKED;
      Object.assign(stages, { current: "v9" });
      delete stages.pending;
    };
    if (when === "has been announced") ports.wait = async () => lockdown();
    else {
      const { update } = ports.store;
      seen.records.delete([...seen.records.keys()][0]!);
      ports.store.update = async (...change) => {
        lockdown();
        return update(...change);
      };
    }
    await expect(steps(["finishSecret"], "v2")).rejects.toThrow(message);
    expect(stages.current).toBe("v9");
    expect(versions["v9"]).toEqual(LOCKED);
  });
});

describe("who is revoked", () => {
  const revocation = (recordedAt: number): Revocation => ({ kind: "user", uid: "u".repeat(16), cutoff: recordedAt, recordedAt, until: NOW + 9999, by: "operator:test", reason: "", expiresAt: NOW + 9999 });
  const cutoffs = (records: Map<string, string>, kid: string) => [...records].flatMap(([name, record]) => (name.startsWith(`${kid}.`) ? decodeRecord(record).cutoffs.map(({ time }) => time) : []));

  test("the ledger says, at each step that writes", async () => {
    const { versions, seen, steps } = startPorts({ current: "v1", pending: "v2" }, { v1: KEYS });
    seen.revocations = [revocation(NOW - 5)];
    await steps(["createSecret", "setSecret"], "v2");
    const kid = versions["v2"]!.current;
    expect(cutoffs(seen.records, kid)).toEqual([NOW - 5]);
    seen.revocations = [revocation(NOW - 3)];
    await steps(["testSecret", "finishSecret"], "v2");
    expect(cutoffs(seen.records, kid)).toEqual([NOW - 3]);
  });

  test.each(["setSecret", "finishSecret"])("is not known while the ledger is out of reach: %s fails and promotes nothing", async (name) => {
    const { ports, seen, step, steps } = startPorts({ current: "v1", pending: "v2" }, { v1: KEYS });
    await steps(name === "setSecret" ? ["createSecret"] : ["createSecret", "setSecret", "testSecret"], "v2");
    ports.ledger.livingRevocations = async () => Promise.reject(new Error("InternalServerError"));
    await expect(step(name, "v2")).rejects.toThrow("InternalServerError");
    expect(seen.promoted).toEqual([]);
  });

  test("is asked after the state of the store", async () => {
    const { ports, steps } = startPorts({ current: "v1", pending: "v2" }, { v1: KEYS });
    const order: string[] = [];
    const { read } = ports.store;
    ports.store.read = async () => {
      order.push("store");
      return read();
    };
    ports.ledger.livingRevocations = async () => {
      order.push("ledger");
      return [];
    };
    await steps(["createSecret", "setSecret"], "v2");
    expect(order).toEqual(["store", "ledger"]);
  });
});

describe("the sweep", () => {
  const record = `${"x".repeat(43)}.`;
  const kidsLeft = (records: Map<string, string>) => [...new Set([...records.keys()].map((key) => key.split(".")[0]))].sort();

  test.each<[string, SessionKeys, string[]]>([
    ["current", KEYS, ["k1"]],
    ["pending, of a rotation that began meanwhile,", { current: "k2", keys: { ...KEYS.keys, k2: "l".repeat(43) } }, ["k1", "k2"]],
    ["pending, but from before a lockdown,", { current: "k2", keys: { k0: "l".repeat(43), k2: "l".repeat(43) } }, ["k1"]],
  ])("spares the keys of a version that is %s", async (name, other, left) => {
    const { seen, step } = startPorts({ current: "v1", ...(name !== "current" && { pending: "v2" }) }, { v1: KEYS, v2: other });
    for (const kid of ["k0", "k1", "k2", "k3"]) seen.records.set(`${kid}.0`, record);
    seen.records.set("note to self", "not a record");
    await step("finishSecret", "v1");
    expect(kidsLeft(seen.records)).toEqual([...left, "note to self"]);
  });

  test("removes what a shard's own key made void, and its records in other shards", async () => {
    const keys: SessionKeys = { current: "k1", keys: { ...KEYS.keys, k0: "l".repeat(43), s: "m".repeat(43) }, shardKeys: { s: 3 }, voided: ["k0.3"] };
    const { seen, step } = startPorts({ current: "v1" }, { v1: keys });
    for (const name of ["k0.2", "k0.3", "s.2", "s.3"]) seen.records.set(name, record);
    await step("finishSecret", "v1");
    expect([...seen.records.keys()].filter((name) => !name.startsWith("k1."))).toEqual(["k0.2", "s.3"]);
  });
});
