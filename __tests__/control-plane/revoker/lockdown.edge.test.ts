/** Everybody out at once, whatever else is going on. */
import { randomUUID } from "node:crypto";
import type { LockdownRequest } from "../../../control-plane/revoker/api";
import { gateSources } from "../../support/gate-sites";
import { SESSION_SECONDS, startControlPlane, type ControlPlane, type Signed } from "../../support/control-plane";
import { startMoto, type Moto } from "../../support/moto";
import { mint } from "../../support/session-tokens";
import { describeWith } from "../../support/tools";

const SHARD_COUNT = 64;
const LOCKDOWN: LockdownRequest = { operation: "lockdown", by: "operator:test", reason: "the store's keys leaked" };
const STEPS = ["createSecret", "setSecret", "testSecret", "finishSecret"];

/** Milliseconds: a busy machine is slow, not wrong. */
jest.setTimeout(120_000);

describeWith("moto", "a lockdown", (path) => {
  const gate = gateSources().door;
  let moto: Moto;
  let plane: ControlPlane;
  beforeAll(async () => void (moto = await startMoto(path)), 60_000);
  afterAll(() => moto?.close());
  beforeEach(async () => void (plane = await startControlPlane(moto.endpoint, { gate })), 60_000);
  afterEach(() => plane.close());

  const allowed = ({ session }: Signed) => `allow session ${session.uid}`;
  const kidsInStore = () => [...new Set(Object.keys(plane.store.records).map((name) => name.split(".")[0]!))];
  const signedAnew = async ({ session }: Signed): Promise<Signed> => ({ session, token: mint(session, await plane.keys(), SHARD_COUNT) });

  /** One key is left, in the secret and in the store, and the gate knows no token of another one. */
  async function expectLockedDown(sessions: Signed[], older: string[]): Promise<void> {
    const keys = await plane.keys();
    expect(older).not.toContain(keys.current);
    expect(Object.keys(keys.keys)).toEqual([keys.current]);
    expect(kidsInStore()).toEqual([keys.current]);
    expect(Object.keys(plane.store.records)).toHaveLength(SHARD_COUNT);
    for (const signed of sessions) expect(await plane.decide(signed)).toBe("login key");
    const fresh = await signedAnew(sessions[0]!);
    expect(await plane.decide(fresh)).toBe(allowed(fresh));
    expect((await plane.revocations()).filter(({ kind }) => kind === "gateway")).toHaveLength(1);
  }

  test("ends every session, under every key, and says what it did", async () => {
    const first = await plane.signIn();
    const { current: oldest } = await plane.keys();
    await plane.rotate();
    const second = await plane.signIn();
    const { current: older } = await plane.keys();
    const answer = await plane.carryOut(LOCKDOWN);
    const at = answer.revocation.recordedAt;
    const { current: kid } = await plane.keys();
    expect(answer).toEqual({
      revocation: { kind: "gateway", cutoff: at, recordedAt: at, until: at + SESSION_SECONDS, by: "operator:test", reason: LOCKDOWN.reason, expiresAt: at + SESSION_SECONDS + 30 * 86_400 },
      kid,
      written: SHARD_COUNT,
      deleted: 2 * SHARD_COUNT,
    });
    await expectLockedDown([first, second], [oldest, older]);
  });

  test("lets nothing pass from its first write to the store on", async () => {
    const sessions = await Promise.all([1, 2, 3].map(() => plane.signIn()));
    const decisions = new Set<string>();
    let writes = 0;
    plane.watch(async (operation) => {
      if (operation === "UpdateKeys" && ++writes > 2) for (const signed of sessions) decisions.add(await plane.decide(signed));
      return undefined;
    });
    await plane.carryOut(LOCKDOWN);
    expect(writes).toBe(3);
    expect([...decisions]).toEqual(["login key"]);
  });

  test.each([1, 2, 3])("after %i steps of a rotation: the rotation stops, and brings no old key back", async (steps) => {
    const signed = await plane.signIn();
    const { current: older } = await plane.keys();
    const version = randomUUID();
    for (const step of STEPS.slice(0, steps)) await plane.step(step, version);
    await plane.carryOut(LOCKDOWN);
    for (const step of STEPS.slice(steps)) await expect(plane.step(step, version)).rejects.toThrow("is not pending");
    await expectLockedDown([signed], [older]);
    expect(Object.values(await plane.labels()).flat().sort()).toEqual(["AWSCURRENT", "EDGEGATE_NEXT"]);
    // Nor does the next one.
    await plane.rotate();
    const after = await plane.keys();
    expect(Object.keys(after.keys)).not.toContain(older);
    expect(kidsInStore()).not.toContain(older);
    expect(await plane.decide(signed)).toBe("login key");
    expect(await plane.carryOut({ operation: "check" })).toMatchObject({ isRight: true });
  });

  test("at the same moment as a rotation, whichever of them comes first, brings no old key back", async () => {
    for (let round = 0; round < 3; round++) {
      const signed = await plane.signIn();
      const { current: older } = await plane.keys();
      await Promise.all([plane.carryOut(LOCKDOWN), plane.rotate().catch(() => undefined)]);
      expect(Object.keys((await plane.keys()).keys)).not.toContain(older);
      await plane.carryOut({ operation: "sweep" });
      expect(await plane.decide(signed)).toBe("login key");
    }
  });

  test("in which any call fails for good is reported, and finished by saying it again", async () => {
    for (const operation of ["PutItem", "DescribeSecret", "GetSecretValue", "PutSecretValue", "UpdateSecretVersionStage", "ListKeys", "Scan", "UpdateKeys"]) {
      const signed = await plane.signIn();
      const { current: older } = await plane.keys();
      plane.watch((called) => (called === operation ? "error" : undefined));
      await expect(plane.ask(LOCKDOWN)).rejects.toThrow(/^Error: [A-Za-z]+\n/);
      plane.unwatch();
      await plane.carryOut(LOCKDOWN);
      await expectLockedDown([signed], [older]);
    }
  });

  test("of which any one answer is lost is done all the same", async () => {
    let total = 0;
    plane.watch((_, call) => void (total = call));
    await plane.carryOut(LOCKDOWN);
    for (let lost = 1; lost <= total; lost++) {
      const signed = await plane.signIn();
      const { current: older } = await plane.keys();
      plane.watch((_, call) => (call === lost ? "lost" : undefined));
      await plane.carryOut(LOCKDOWN);
      plane.unwatch();
      await expectLockedDown([signed], [older]);
    }
  });

  test("by a gateway that has no key yet is recorded, and says what is missing", async () => {
    await plane.close();
    plane = await startControlPlane(moto.endpoint, { gate, hasKeys: false });
    await expect(plane.ask(LOCKDOWN)).rejects.toThrow("there are no session keys yet");
    expect(await plane.revocations()).toMatchObject([{ kind: "gateway" }]);
    expect(await plane.carryOut({ operation: "sweep" })).toEqual({ written: 0, deleted: 0, revocations: 0 });
  });
});
