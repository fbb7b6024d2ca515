/**
 * Whatever is done, and whichever of its calls fails, is repeated, loses its answer or is its last: nothing accepted is
 * lost, and saying it again cures.
 */
import { carryOutBatch } from "../../../control-plane/revoker/batch";
import { lockdown } from "../../../control-plane/revoker/lockdown";
import { reconcile, tidy } from "../../../control-plane/reconcile/reconcile";
import { revoke } from "../../../control-plane/revoker/revoke";
import { isRevoked, type Revocation } from "../../../ledger/records";
import { ENTRY_MARGIN } from "../../../session/timing";
import {
  type Fault,
  type Gateway,
  gatewayInMemory,
  LOCKDOWN,
  message,
  ofUser,
  randomId,
  rotate,
  type Signed,
  uidIn,
  type TestPorts,
} from "../../support/control-plane/gateway";
import { TOKEN_SECONDS } from "../../support/control-plane/lifetimes";

interface Scene {
  gateway: Gateway;
  /** Were revoked before, whatever happens now. */
  revoked: Signed;
  /** Whom the work revokes. */
  meant: Signed[];
  bystander: Signed;
}

interface Work {
  run(ports: TestPorts, scene: Scene): Promise<unknown>;
  prepare?(scene: Scene): Promise<unknown>;
  /** Whether every session has ended afterwards. */
  isLockdown?: boolean;
  /** How many of the targeted users are revoked afterwards. */
  revokes?: number;
}

const batch = async (ports: TestPorts, gateway: Gateway, uids: readonly string[]) => {
  const { batchItemFailures } = await carryOutBatch(
    ports,
    uids.map((uid) => message(ofUser(uid, { cutoff: gateway.now() }), 0)),
  );
  if (batchItemFailures.length > 0) throw new Error("it comes again");
};
const flood = Array.from({ length: 55 }, () => uidIn("FL"));

const WORKS: Record<string, Work> = {
  "a revocation": {
    run: (ports, { meant: [{ session: { uid } } = {} as never] }) =>
      revoke(ports, ofUser(uid, { cutoff: 1_800_000_000 })),
    revokes: 1,
  },
  "a batch": {
    run: (ports, { gateway, meant }) =>
      batch(
        ports,
        gateway,
        meant.map(({ session }) => session.uid),
      ),
    revokes: 2,
  },
  "a batch of a full shard": {
    run: (ports, { gateway, meant }) => batch(ports, gateway, [...flood, ...meant.map(({ session }) => session.uid)]),
    revokes: 2,
  },
  "a lockdown": {
    run: (ports) => lockdown(ports, LOCKDOWN),
    isLockdown: true,
  },
  "a tidy": {
    prepare: ({ gateway }) =>
      batch(gateway.instance().ports, gateway, [randomId()]).then(() =>
        gateway.time.sleep((TOKEN_SECONDS + ENTRY_MARGIN + 1) * 1000),
      ),
    run: (ports) => tidy(ports),
  },
  "a rebuild of a wiped store": {
    prepare: async ({ gateway }) => gateway.store.records.clear(),
    run: (ports) => reconcile(ports),
  },
  "a rotation": { run: (ports) => rotate(ports, "v1") },
};

async function begin(work: Work): Promise<Scene> {
  const gateway = gatewayInMemory();
  await gateway.reconcile();
  const scene = {
    gateway,
    revoked: gateway.signIn(),
    meant: [gateway.signIn(), gateway.signIn({ uid: uidIn("FL") })],
    bystander: gateway.signIn(),
  };
  if (work.prepare) await gateway.time.run(work.prepare(scene));
  await gateway.time.run(batch(gateway.instance().ports, gateway, [scene.revoked.session.uid]));
  if (work.prepare === WORKS["a rebuild of a wiped store"]!.prepare) gateway.store.records.clear();
  // The tokens of a handler that signs for an hour: so none is over before it is tried.
  const anew = (signed: Signed) =>
    gateway.reissue({ ...signed, session: { ...signed.session, expiresAt: gateway.now() + 3600 } });
  return { gateway, revoked: anew(scene.revoked), meant: scene.meant.map(anew), bystander: anew(scene.bystander) };
}

const VOID = /^login (revoked|outdated)$/;
const revocationsIn = (gateway: Gateway) =>
  [...gateway.items.values()].filter((item): item is Revocation => "kind" in item);

async function expectCured(
  { gateway, revoked, meant, bystander }: Scene,
  { isLockdown = false, revokes = 0 }: Work,
): Promise<void> {
  const { isRight, missing, wrong, unexpected } = await gateway.check();
  expect({ isRight, missing, wrong, unexpected }).toEqual({ isRight: true, missing: [], wrong: [], unexpected: [] });
  const all = [...revocationsIn(gateway)];
  const isEnded = ({ session }: Signed) => isRevoked(gateway.sessions.get(session.sid)!, all);
  for (const signed of [revoked, ...meant.slice(0, revokes)]) {
    expect(await gateway.decide(signed)).toMatch(isLockdown ? /^login key$/ : VOID);
    expect(isEnded(signed)).toBe(true);
  }
  expect(isEnded(bystander)).toBe(isLockdown);
  if (isLockdown) expect(await gateway.decide(bystander)).toBe("login key");
  else expect(await gateway.decide(gateway.reissue(bystander))).toBe(`allow session ${bystander.session.uid}`);
}

const FAULTS: Fault[] = ["error", "lost", "crash", "crash-after"];
const cases = Object.keys(WORKS).flatMap((name) => FAULTS.map((fault) => [name, fault] as const));

/** @returns whether to try a call. A few of many identical calls are enough. */
function isWorthIt(calls: readonly string[], place: number): boolean {
  const alike = calls.filter((call, other) => other <= place && call === calls[place]).length;
  return alike <= 4 || alike % 25 === 0;
}

test.each(cases)("%s of which any call has the fault: %s", async (name, fault) => {
  const work = WORKS[name]!;
  const trial = await begin(work);
  const { calls, ports } = trial.gateway.instance();
  await trial.gateway.time.run(work.run(ports, trial));
  const places = calls.flatMap((_, place) => (isWorthIt(calls, place) ? [place + 1] : []));
  expect(places.length).toBeGreaterThan(4);
  let broken = 0;
  for (const place of places) {
    const scene = await begin(work);
    const { gateway } = scene;
    const instance = gateway.instance({ intercept: (_, number) => (number === place ? fault : undefined) });
    const result = await gateway.time.run(
      Promise.race([
        Promise.allSettled([work.run(instance.ports, scene)]),
        gateway.time.sleep(600_000).then(() => [undefined]),
      ]),
    );
    if (result[0]?.status !== "fulfilled") {
      broken += 1;
      // What was revoked before is revoked, in the middle of it as well.
      expect(await gateway.decide(scene.revoked)).toMatch(/^login (revoked|outdated|key|expired)$/);
      if (name.includes("rotation"))
        await gateway.time.run(rotate(gateway.instance().ports, gateway.secret.labels.get("AWSPENDING") ?? "v1"));
      else await gateway.run((ports) => work.run(ports, scene));
    }
    await expectCured(scene, work);
  }
  if (fault.startsWith("crash")) expect(broken).toBe(places.length);
});
