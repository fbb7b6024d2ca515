/**
 * Whatever is done, and whichever of its calls fails, is repeated, loses its answer or is its last: nothing accepted is
 * lost, and saying it again cures.
 */
import { carryOutBatch, type SqsRecord } from "../../../control-plane/revoker/batch";
import { lockdown } from "../../../control-plane/revoker/lockdown";
import { check, reconcile, tidy } from "../../../control-plane/reconcile/reconcile";
import type { RevokerPorts } from "../../../control-plane/ports";
import { revoke } from "../../../control-plane/revoker/revoke";
import { isVoid, type Revocation } from "../../../session/ledger";
import { ENTRY_MARGIN } from "../../../session/timing";
import {
  randomId,
  rotate,
  SETTINGS,
  TOKEN_SECONDS,
  twins,
  uidIn,
  type Signed,
  type TwinFault,
  type World,
} from "../../support/control-plane-twins";

interface Scene {
  world: World;
  /** Were revoked before, whatever happens now. */
  revoked: Signed;
  /** Whom the work revokes. */
  meant: Signed[];
  bystander: Signed;
}

interface Work {
  run(ports: RevokerPorts, scene: Scene): Promise<unknown>;
  prepare?(scene: Scene): Promise<unknown>;
  /** Whether everybody's session is over then. */
  isLockdown?: boolean;
  /** How many of those who are meant are revoked then. */
  revokes?: number;
}

const message = (world: World, uid: string): SqsRecord => ({
  messageId: uid,
  body: JSON.stringify({
    version: 1,
    target: { type: "user", uid },
    by: "sign-out",
    reason: "",
    cutoff: Math.floor(world.time.now() / 1000),
  }),
  eventSource: "aws:sqs",
  attributes: { SentTimestamp: "0" },
});
const batch = async (ports: RevokerPorts, world: World, uids: readonly string[]) => {
  const { batchItemFailures } = await carryOutBatch(
    ports,
    SETTINGS,
    uids.map((uid) => message(world, uid)),
  );
  if (batchItemFailures.length > 0) throw new Error("it comes again");
};
const flood = Array.from({ length: 55 }, () => uidIn("FL"));

const WORKS: Record<string, Work> = {
  "a revocation": {
    run: (ports, { meant: [{ session: { uid } } = {} as never] }) =>
      revoke(ports, SETTINGS, {
        version: 1,
        target: { type: "user", uid },
        by: "operator:test",
        reason: "",
        cutoff: 1_800_000_000,
      }),
    revokes: 1,
  },
  "a batch": {
    run: (ports, { world, meant }) =>
      batch(
        ports,
        world,
        meant.map(({ session }) => session.uid),
      ),
    revokes: 2,
  },
  "a batch of a full shard": {
    run: (ports, { world, meant }) => batch(ports, world, [...flood, ...meant.map(({ session }) => session.uid)]),
    revokes: 2,
  },
  "a lockdown": {
    run: (ports) => lockdown(ports, SETTINGS, { operation: "lockdown", by: "operator:test", reason: "" }),
    isLockdown: true,
  },
  "a tidy": {
    prepare: ({ world }) =>
      batch(world.actor().ports, world, [randomId()]).then(() =>
        world.time.sleep((TOKEN_SECONDS + ENTRY_MARGIN + 1) * 1000),
      ),
    run: (ports) => tidy(ports, SETTINGS),
  },
  "a rebuild of a wiped store": {
    prepare: async ({ world }) => world.store.records.clear(),
    run: (ports) => reconcile(ports, SETTINGS),
  },
  "a rotation": { run: (ports) => rotate(ports, "v1") },
};

async function begin(work: Work): Promise<Scene> {
  const world = twins();
  await world.time.run(reconcile(world.actor().ports, SETTINGS));
  const scene = {
    world,
    revoked: world.signIn(),
    meant: [world.signIn(), world.signIn({ uid: uidIn("FL") })],
    bystander: world.signIn(),
  };
  if (work.prepare) await world.time.run(work.prepare(scene));
  await world.time.run(batch(world.actor().ports, world, [scene.revoked.session.uid]));
  if (work.prepare === WORKS["a rebuild of a wiped store"]!.prepare) world.store.records.clear();
  // The tokens of a handler that signs for an hour: so none is over before it is tried.
  const anew = (signed: Signed) =>
    world.reissue({ ...signed, session: { ...signed.session, expiresAt: Math.floor(world.time.now() / 1000) + 3600 } });
  return { world, revoked: anew(scene.revoked), meant: scene.meant.map(anew), bystander: anew(scene.bystander) };
}

const VOID = /^login (revoked|outdated)$/;
const revocationsIn = (world: World) => [...world.items.values()].filter((item): item is Revocation => "kind" in item);

async function expectCured(
  { world, revoked, meant, bystander }: Scene,
  { isLockdown = false, revokes = 0 }: Work,
): Promise<void> {
  const { isRight, missing, wrong, unexpected } = await world.time.run(check(world.actor().ports, SETTINGS));
  expect({ isRight, missing, wrong, unexpected }).toEqual({ isRight: true, missing: [], wrong: [], unexpected: [] });
  const all = [...revocationsIn(world)];
  const isEnded = ({ session }: Signed) => isVoid(world.sessions.get(session.sid)!, all);
  for (const signed of [revoked, ...meant.slice(0, revokes)]) {
    expect(await world.decide(signed)).toMatch(isLockdown ? /^login key$/ : VOID);
    expect(isEnded(signed)).toBe(true);
  }
  expect(isEnded(bystander)).toBe(isLockdown);
  if (isLockdown) expect(await world.decide(bystander)).toBe("login key");
  else expect(await world.decide(world.reissue(bystander))).toBe(`allow session ${bystander.session.uid}`);
}

const FAULTS: TwinFault[] = ["error", "lost", "crash", "crash-after"];
const cases = Object.keys(WORKS).flatMap((name) => FAULTS.map((fault) => [name, fault] as const));

/** Of many calls of one kind in a row, a few stand for all. */
function isWorthIt(calls: readonly string[], place: number): boolean {
  const alike = calls.filter((call, other) => other <= place && call === calls[place]).length;
  return alike <= 4 || alike % 25 === 0;
}

test.each(cases)("%s of which any call has the fault: %s", async (name, fault) => {
  const work = WORKS[name]!;
  const trial = await begin(work);
  const { calls, ports } = trial.world.actor();
  await trial.world.time.run(work.run(ports, trial));
  const places = calls.flatMap((_, place) => (isWorthIt(calls, place) ? [place + 1] : []));
  expect(places.length).toBeGreaterThan(4);
  let broken = 0;
  for (const place of places) {
    const scene = await begin(work);
    const { world } = scene;
    const actor = world.actor({ intercept: (_, number) => (number === place ? fault : undefined) });
    const result = await world.time.run(
      Promise.race([
        Promise.allSettled([work.run(actor.ports, scene)]),
        world.time.sleep(600_000).then(() => [undefined]),
      ]),
    );
    if (result[0]?.status !== "fulfilled") {
      broken += 1;
      // What was revoked before is revoked, in the middle of it as well.
      expect(await world.decide(scene.revoked)).toMatch(/^login (revoked|outdated|key|expired)$/);
      if (name.includes("rotation"))
        await world.time.run(rotate(world.actor().ports, world.secret.labels.get("AWSPENDING") ?? "v1"));
      else await world.time.run(work.run(world.actor().ports, scene));
    }
    await expectCured(scene, work);
  }
  if (fault.startsWith("crash")) expect(broken).toBe(places.length);
});
