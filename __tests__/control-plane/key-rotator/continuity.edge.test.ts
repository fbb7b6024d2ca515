/** Nobody notices a rotation, whatever happens to it; and nobody who was revoked comes back by one. */
import { randomUUID } from "node:crypto";
import type { StoreFault } from "../../../local/key-value-store-emulator";
import type { RevocationTarget } from "../../../session/revocation";
import { mint } from "../../support/session-tokens";
import { startMoto, type Moto } from "../../support/moto";
import { startRotatingGateway, type RotatingGateway, type Visitor } from "../../support/control-plane/rotating-gateway";
import { describeWith } from "../../support/tools";

const USERS = 20;
const ROTATIONS = 3;
/**
 * Seconds that a rotation is given: until the new key signs, until every token is signed with it, and some for the
 * steps.
 */
const ROTATION = 690 + 900 + 160;
/** What is done in a round, while everybody goes on. */
const STEPS: Record<number, string> = { 1: "createSecret", 2: "setSecret", 3: "testSecret", 5: "finishSecret" };
const FAULTS: StoreFault[] = ["conflict", "throttle", "error", "lost"];

describeWith("moto", "while keys rotate", (path) => {
  let moto: Moto;
  let gateway: RotatingGateway;
  beforeEach(async () => {
    moto = await startMoto(path);
    gateway = await startRotatingGateway(moto.endpoint);
  });
  afterEach(async () => {
    await gateway?.close();
    await moto?.close();
  });

  test.each([
    ["without a disturbance", []],
    ["with a store that fails at every second write, in each of its ways", FAULTS],
  ])(
    "%s: no request fails and nobody has to sign in again",
    async (_, faults) => {
      // Less than handlers keep the keys for.
      const pause = 40;
      // Between the others' rounds: so one handler fetches the keys at other times than the other.
      const oneMore = await gateway.signIn("one-more", 0);
      const users: Visitor[] = [];
      for (let user = 0; user < USERS; user++) {
        users.push(await gateway.signIn(`user-${user}`));
        // So that their tokens expire one after the other, and the handlers' caches as well.
        gateway.advance(20);
      }
      const seen = {
        requests: 0,
        renewals: 0,
        failed: [] as string[],
        forcedSignIns: 0,
        kids: new Set<string>(),
        faults: 0,
      };
      let updates = 0;
      gateway.plane.watch((operation) => {
        if (faults.length === 0 || operation !== "UpdateKeys" || updates++ % 2 === 1) return undefined;
        return faults[seen.faults++ % faults.length];
      });

      for (let rotation = 0; rotation < ROTATIONS; rotation++) {
        const version = randomUUID();
        for (let round = 0; round * pause < ROTATION; round++) {
          await Promise.all([
            everybodyComes(round),
            rotate(STEPS[round], version),
            round % 10 === 4 && gateway.plane.carryOut({ operation: "sweep" }),
            round === 7 && revoke({ type: "user", uid: `stranger-${rotation}-${round}`.padEnd(16, "_") }),
          ]);
          gateway.advance(pause / 2);
          await come(oneMore, round, true);
          gateway.advance(pause / 2);
        }
      }

      function expectOk(what: string, status: number): void {
        seen.requests += 1;
        if (status !== 200) seen.failed.push(`${what} ${status}`);
      }

      async function come(user: Visitor, round: number, asks: boolean, refreshes = false): Promise<void> {
        const result = await user.visit();
        seen.requests += 1;
        seen.kids.add(user.kid());
        if (result === "renewed") seen.renewals += 1;
        else if (result === "signed out") seen.forcedSignIns += 1;
        else if (result !== "allowed") seen.failed.push(`round ${round}: ${result}`);
        if (refreshes) expectOk(`round ${round}: refresh`, await user.refresh());
        // Whatever one handler signed, the other is asked about at once.
        if (asks || refreshes || result === "renewed") expectOk(`round ${round}: me`, await user.me());
      }

      /** Some are on a page that renews its session long before it expires. */
      function everybodyComes(round: number): Promise<unknown> {
        return Promise.all(
          users.map((user, place) =>
            come(user, round, (round + place) % 5 === 0, place % 4 === 0 && (round + place / 4) % 2 === 0),
          ),
        );
      }

      expect(seen).toMatchObject({ failed: [], forcedSignIns: 0 });
      expect(seen.requests).toBeGreaterThanOrEqual(2_000);
      expect(seen.renewals).toBeGreaterThanOrEqual(ROTATIONS * USERS);
      expect(seen.kids.size).toBe(ROTATIONS + 1);
      if (faults.length > 0) expect(seen.faults).toBeGreaterThanOrEqual(FAULTS.length);
    },
    600_000,
  );

  test("a revoked user stays out, under every active key", async () => {
    const { plane } = gateway;
    // The edges have everything a minute later.
    const pause = 80;
    const revoked: Visitor[] = [];
    const bystander = await gateway.signIn("bystander");
    for (let rotation = 0; rotation < ROTATIONS; rotation++) {
      const version = randomUUID();
      for (let round = 0; round * pause < ROTATION; round++) {
        // Before, between and after the steps, in turn a user and a session.
        if (round % 4 === 0) revoked.push(await revokeOne(`user-${rotation}-${round}`, round % 8 === 0));
        await rotate(STEPS[round], version);
        gateway.advance(pause);
        for (const visitor of revoked) expect(new Set(await tryAll(visitor))).toEqual(new Set(["login revoked"]));
        expect(await bystander.visit()).toMatch(/^(allowed|renewed)$/);
      }
    }
    expect(revoked.length).toBeGreaterThan(ROTATIONS * 4);
    for (const visitor of revoked) expect(await visitor.visit()).toBe("signed out");

    async function revokeOne(subject: string, isUser: boolean): Promise<Visitor> {
      const visitor = await gateway.signIn(subject);
      const { uid, sid } = visitor.session();
      await revoke(isUser ? { type: "user", uid } : { type: "session", uid, sid });
      return visitor;
    }

    /**
     * A token of the session under each key, which nobody who was revoked can have, and which the gate would believe.
     */
    async function tryAll(visitor: Visitor): Promise<string[]> {
      const { keys } = await plane.keys();
      const session = { ...visitor.session(), expiresAt: plane.clock.now() + 900 };
      return (
        await Promise.all(Object.keys(keys).map((kid) => gateway.decide(mint(session, { current: kid, keys }))))
      ).flat();
    }
  }, 600_000);

  function revoke(target: RevocationTarget): Promise<unknown> {
    return gateway.plane.carryOut({
      operation: "revoke",
      command: { version: 1, target, by: "operator:test", reason: "" },
    });
  }

  /** As Secrets Manager does: from the first step again where one fails. */
  async function rotate(step: string | undefined, version: string): Promise<void> {
    if (step === undefined) return;
    const steps = Object.values(STEPS);
    await gateway.plane.step(step, version).catch(async () => {
      for (const each of steps.slice(0, steps.indexOf(step) + 1)) await gateway.plane.step(each, version);
    });
  }
});
