/** Nobody notices a rotation: the shipped gate and the shipped handler while the shipped rotator works. */
import { randomBytes } from "node:crypto";
import { runGate } from "../../../local/gate-sandbox";
import { encodeRecord, decodeRecord, recordKey, shardOf } from "../../../session/shard";
import { SESSION_COOKIE } from "../../../session/cookies";
import type { SessionKeys } from "../../../session/keys";
import type { Session } from "../../../session/token";
import { HOST, withAuth, type AuthEnvironment } from "../../support/auth-fixture";
import { eventOf } from "../../support/gate-case";
import { gateSources } from "../../support/gate-sites";
import { SHARD_COUNT, startKeyRotator, type KeyRotator } from "../../support/key-rotator";
import { startMoto, type Moto } from "../../support/moto";
import { mint } from "../../support/session-tokens";
import { describeWith } from "../../support/tools";

const ROTATIONS = 3;
/** Seconds. Rotations are days apart; a handler asks at most every ten seconds for a key that it does not know. */
const BETWEEN_ROTATIONS = 30;
const USERS = 40;

interface Signed {
  token: string;
  session: Session;
}

describeWith("moto", "while keys rotate", (path) => {
  let moto: Moto;
  let rotator: KeyRotator;
  beforeAll(async () => {
    moto = await startMoto(path);
    rotator = await startKeyRotator(moto.endpoint);
    await rotator.rotate();
  }, 60_000);
  afterAll(async () => {
    await rotator?.close();
    await moto?.close();
  });

  const gate = gateSources().door;
  const decide = async ({ token }: Signed) => (await runGate(gate, eventOf({ session: token }), { records: rotator.store.records })).log[0];
  const signIn = (keys: SessionKeys): Signed => {
    const now = Math.floor(Date.now() / 1000);
    const session = { uid: randomBytes(12).toString("base64url"), sid: randomBytes(12).toString("base64url"), issuedAt: now, expiresAt: now + 900, authTime: now, idp: "main", strength: "", roles: [], email: "", claims: {} };
    return { session, token: mint(session, keys, SHARD_COUNT) };
  };

  test("no session that any living key signed is refused: by the gate in more than 2,000 requests, by the handler in more than 100", async () => {
    await withAuth({ settings: { session: { absolute: 3600, idle: 3600, token: 900, shardCount: SHARD_COUNT } } }, async (auth) => {
      const sessions: Signed[] = [];
      const refused: unknown[] = [];
      const seen = { gate: 0, handler: 0, kids: new Set<string>() };

      const request = async () => {
        // As a handler does: whatever is current signs.
        const text = (await rotator.secretText())!;
        auth.aws.secrets.set(auth.settings.sessionKeysSecretName, text);
        const keys = JSON.parse(text) as SessionKeys;
        seen.kids.add(keys.current);
        if (sessions.length < USERS * (seen.kids.size + 1)) sessions.push(signIn(keys));
        for (const signed of sessions.slice(-USERS).concat(sessions.slice(0, USERS))) {
          const log = await decide(signed);
          seen.gate += 1;
          if (log !== `allow session ${signed.session.uid}`) refused.push(log);
        }
        for (const signed of [sessions[0]!, sessions.at(-1)!]) {
          const status = await me(auth, signed);
          seen.handler += 1;
          if (status !== 200) refused.push(status);
        }
      };

      let rotating = true;
      const stream = (async () => {
        while (rotating || seen.gate < 2_000 || seen.handler < 100) await request();
      })();
      for (let rotation = 0; rotation < ROTATIONS; rotation++) {
        auth.clock.advance(BETWEEN_ROTATIONS);
        await rotator.rotate();
        // What the last key signs is asked for, too.
        await waitUntil(async () => seen.kids.has((await rotator.keys()).current));
      }
      rotating = false;
      await stream;
      expect(refused).toEqual([]);
      expect(seen.kids.size).toBe(ROTATIONS + 1);
      expect(seen.gate).toBeGreaterThanOrEqual(2_000);
      expect(seen.handler).toBeGreaterThanOrEqual(100);
    });
  }, 180_000);

  test("whoever was revoked stays so, under every key; others of the shard do not notice", async () => {
    const keys = await rotator.keys();
    const [revokedSession, cutOff] = [signIn(keys), signIn(keys)];
    const shard = (signed: Signed) => shardOf(signed.session.uid, SHARD_COUNT);
    revoke(keys, shard(revokedSession), { revokedSessions: [revokedSession.session.sid], cutoffs: [] });
    revoke(keys, shard(cutOff), { revokedSessions: [], cutoffs: [{ uid: cutOff.session.uid, time: cutOff.session.issuedAt }] });
    const bystander = signIn(keys);
    const renewed = (signed: Signed, by: SessionKeys): Signed => ({ ...signed, token: mint(signed.session, by, SHARD_COUNT) });
    for (let rotation = 0; rotation < ROTATIONS; rotation++) {
      const current = await rotator.keys();
      for (const signed of [revokedSession, cutOff]) {
        expect(await decide(signed)).toBe("login revoked");
        expect(await decide(renewed(signed, current))).toBe("login revoked");
      }
      expect(await decide(bystander)).toBe(`allow session ${bystander.session.uid}`);
      expect(await decide(renewed(bystander, current))).toBe(`allow session ${bystander.session.uid}`);
      await rotator.rotate();
    }
  }, 60_000);

  function revoke({ current }: SessionKeys, shard: number, entries: { revokedSessions: string[]; cutoffs: { uid: string; time: number }[] }): void {
    const key = recordKey(current, shard);
    const before = decodeRecord(rotator.store.records[key]!);
    rotator.store.write({
      ...rotator.store.records,
      [key]: encodeRecord({ ...before, revokedSessions: [...before.revokedSessions, ...entries.revokedSessions], cutoffs: [...before.cutoffs, ...entries.cutoffs] }),
    });
  }
});

async function me(auth: AuthEnvironment, { token }: Signed): Promise<number> {
  const { status } = await auth.invoke({ host: HOST, url: "/_gate/me", headers: { cookie: `${SESSION_COOKIE}=${auth.secret(token)}` } });
  return status;
}

async function waitUntil(condition: () => Promise<boolean>): Promise<void> {
  while (!(await condition())) await new Promise((resolve) => setTimeout(resolve, 20));
}
