/**
 * A rotation of the origin secret, call by call: whatever happens in between, servers accept what the edges send, and
 * sessions and revocations go on as if nothing was.
 */
import { ORIGIN_SECRET_STEPS } from "../../../control-plane/origin-secret/steps";
import type { OriginSecretPorts } from "../../../control-plane/ports";
import { parseOriginSecret, type OriginSecret } from "../../../session/origin-secret";
import { PROPAGATION } from "../../../session/timing";
import { gatewayInMemory, ofUser, type Gateway, type InstanceOptions } from "../../support/control-plane/gateway";
import { instance, type Memory } from "../../support/control-plane/memory";

const STEPS = ["createSecret", "setSecret", "testSecret", "finishSecret"] as const;

interface Moment {
  at: number;
  /** What an edge sends that has the record at once. */
  sent: string | undefined;
  /** What a server accepts that reads the secret now. */
  accepted: readonly string[];
}

/** A gateway with an origin secret beside its session keys. */
function withOriginSecret() {
  const gateway = gatewayInMemory();
  const secret: Memory["secret"] = { values: new Map(), labels: new Map(), puts: 0 };
  const value = (label = "AWSCURRENT") =>
    secret.values.get(secret.labels.get(label)!) as unknown as OriginSecret | undefined;
  const moments: Moment[] = [];
  const answered = () =>
    void moments.push({
      at: gateway.now(),
      sent: gateway.store.records.get("origin"),
      accepted: value()?.accepted ?? [],
    });
  const begin = (options: InstanceOptions = {}) => {
    const started = instance({ ...gateway, secret }, { answered, ...options });
    return { ...started, ports: started.ports as unknown as OriginSecretPorts };
  };
  const step = (name: string, version: string, options?: InstanceOptions) =>
    gateway.time.run(ORIGIN_SECRET_STEPS[name]!(begin(options).ports, version));
  const rotate = async (version: string, options?: InstanceOptions) => {
    for (const name of STEPS) await step(name, version, options);
  };
  return { gateway, secret, value, moments, begin, step, rotate };
}

const record = ({ store }: Gateway) => store.records.get("origin");

test("the first rotation makes two values, and the gate sends the first", async () => {
  const { gateway, value, rotate } = withOriginSecret();
  await rotate("v1");
  expect(parseOriginSecret(JSON.stringify(value()))).toEqual(value());
  expect(record(gateway)).toBe(value()!.accepted[0]);
});

test("the next rotation sends what servers had as the next value, and drops the old one", async () => {
  const { gateway, value, rotate } = withOriginSecret();
  await rotate("v1");
  const [first, second] = value()!.accepted;
  await rotate("v2");
  expect(value()!.accepted[0]).toBe(second);
  expect(value()!.accepted).not.toContain(first);
  expect(record(gateway)).toBe(second);
});

test("at every moment, servers accept what edges send: those that read now, and those that read before the rotation", async () => {
  const { value, moments, rotate } = withOriginSecret();
  await rotate("v1");
  for (const version of ["v2", "v3", "v4"]) {
    const before = value()!.accepted;
    moments.length = 0;
    await rotate(version);
    expect(new Set(moments.map(({ sent }) => sent)).size).toBe(2);
    for (const { at, sent, accepted } of moments) {
      expect(before).toContain(sent);
      // An edge may be behind by the time that a record takes.
      const late = moments.filter((earlier) => earlier.at > at - PROPAGATION && earlier.at <= at);
      for (const one of late) expect(accepted).toContain(one.sent);
    }
  }
});

describe("an instance that ends", () => {
  test.each(["crash", "crash-after", "error", "lost"] as const)("by %s, at any call", async (fault) => {
    for (let number = 1; number <= 6; number++) {
      for (const failing of STEPS) {
        const { gateway, value, moments, step, rotate, begin } = withOriginSecret();
        await rotate("v1");
        const before = value()!.accepted;
        moments.length = 0;
        for (const name of STEPS) {
          if (name === failing) {
            const { ports } = begin({ intercept: (_, call) => (call === number ? fault : undefined) });
            // One that crashed never answers.
            const ended = ORIGIN_SECRET_STEPS[name]!(ports, "v2").catch(() => undefined);
            await gateway.time.run(Promise.race([ended, gateway.time.sleep(600_000)]));
          }
          await step(name, "v2");
        }
        expect(record(gateway)).toBe(before[1]);
        expect(value()!.accepted[0]).toBe(before[1]);
        for (const { sent } of moments) expect(before).toContain(sent);
      }
    }
  });
});

test("a step that comes late brings no old value back", async () => {
  const { gateway, step, rotate, value } = withOriginSecret();
  for (const version of ["v1", "v2", "v3"]) await rotate(version);
  await expect(step("setSecret", "v1")).rejects.toThrow("not pending");
  await expect(step("finishSecret", "v2")).rejects.toThrow("not pending");
  expect(record(gateway)).toBe(value()!.accepted[0]);
});

test("the old value is accepted until the store has the new one", async () => {
  const { gateway, step, rotate, value } = withOriginSecret();
  await rotate("v1");
  const before = value();
  await step("createSecret", "v2");
  await expect(step("finishSecret", "v2")).rejects.toThrow("the store does not have the new origin secret");
  expect(value()).toEqual(before);
  expect(record(gateway)).toBe(before!.accepted[0]);
});

describe("keys and revocations", () => {
  test("share the store, and are not read again because of it", async () => {
    const { gateway, rotate } = withOriginSecret();
    await gateway.reconcile();
    const signed = gateway.signIn();
    await rotate("v1");
    expect(await gateway.decide(signed)).toBe(`allow session ${signed.session.uid}`);
    let reads = 0;
    await gateway.revoke(ofUser(signed.session.uid), {
      intercept: (call) => void (call === "store.describe" && reads++),
    });
    expect(reads).toBe(0);
    expect(await gateway.decide(signed)).toBe("login revoked");
  });

  test("a rotation gets through after somebody wrote who left nothing in the ledger", async () => {
    const { gateway, rotate, value } = withOriginSecret();
    gateway.disturb();
    await rotate("v1");
    expect(record(gateway)).toBe(value()!.accepted[0]);
    const signed = gateway.signIn();
    await gateway.revoke(ofUser(signed.session.uid));
    expect(await gateway.decide(signed)).toBe("login revoked");
  });

  test("making the store right leaves the record, and a check does not mind it", async () => {
    const { gateway, rotate, value } = withOriginSecret();
    await rotate("v1");
    await gateway.rotate("k2");
    await gateway.reconcile();
    expect(record(gateway)).toBe(value()!.accepted[0]);
    expect(await gateway.check()).toMatchObject({ isRight: true, unexpected: [] });
  });
});

test.each([
  ["no JSON", "{"],
  ["nothing", "null"],
  ["one value", JSON.stringify({ accepted: ["a".repeat(43)] })],
  ["the same value twice", JSON.stringify({ accepted: ["a".repeat(43), "a".repeat(43)] })],
  ["a short value", JSON.stringify({ accepted: ["a".repeat(43), "b".repeat(42)] })],
  ["an empty value", JSON.stringify({ accepted: ["", "b".repeat(43)] })],
])("%s is no origin secret", (_, text) => expect(parseOriginSecret(text)).toBeUndefined());
