/** Service tokens in the ledger: made, listed and ended by the shipped revoker. */
import { randomBytes } from "node:crypto";
import type { CreateTokenRequest } from "../../../control-plane/revoker/command";
import type { RevocationTarget } from "../../../session/revocation";
import { sha256 } from "../../../session/node-hash";
import { newServiceToken, serviceTokenHash } from "../../../session/service-token";
import { shardOf } from "../../../session/shard";
import { describeWithControlPlane } from "../../support/control-plane/describe";

const DAY = 86_400;

describeWithControlPlane("a service token", "shared", (plane) => {
  function draft(more: Partial<CreateTokenRequest> = {}): CreateTokenRequest {
    const { id, token } = newServiceToken((bytes) => randomBytes(bytes).toString("base64url"));
    return {
      operation: "create-token",
      id,
      hash: serviceTokenHash(sha256, token),
      lifetime: 90 * DAY,
      description: "nightly import",
      by: "operator:test",
      roles: ["importer"],
      scopes: ["orders.read"],
      claims: { plan: ["premium"] },
      ...more,
    };
  }

  const listed = async (id: string) =>
    (await plane.carryOut({ operation: "tokens" })).tokens.find((token) => token.id === id);
  const revoke = (target: RevocationTarget) =>
    plane.carryOut({
      operation: "revoke",
      command: { version: 1, target, by: "operator:test", reason: "left in a log" },
    });

  test("is listed with what it may do, and without its hash", async () => {
    const { id, hash, ...request } = draft();
    const created = await plane.carryOut({ ...request, id, hash });
    expect(created).toEqual({
      id,
      createdAt: expect.any(Number),
      endsAt: created.createdAt + 90 * DAY,
    });
    expect(await listed(id)).toEqual({
      ...created,
      description: "nightly import",
      by: "operator:test",
      roles: ["importer"],
      scopes: ["orders.read"],
      claims: { plan: ["premium"] },
      state: "active",
    });
    expect(plane.logs()).not.toContain(hash);
  });

  test("that is asked for twice is the same, because an answer may be lost", async () => {
    const request = draft();
    const first = await plane.carryOut(request);
    plane.clock.advance(5);
    expect(await plane.carryOut(request)).toEqual(first);
  });

  test("is not replaced by another with its ID", async () => {
    const request = draft();
    await plane.carryOut(request);
    expect(await plane.ask({ ...draft(), id: request.id })).toEqual({
      error: { code: "invalid_request", message: "id: it is taken; make another token" },
    });
    expect(await listed(request.id)).toMatchObject({ state: "active" });
  });

  test.each<[how: string, target: (id: string) => RevocationTarget]>([
    ["as a session", (sid) => ({ type: "session", sid })],
    ["as a session whose user is named", (sid) => ({ type: "session", sid, uid: sid })],
    ["as a user", (uid) => ({ type: "user", uid })],
  ])("is ended %s, and so is every edge token that was made from it", async (_, target) => {
    const [request, other] = [draft(), draft()];
    await plane.carryOut(request);
    await plane.carryOut(other);
    const [edge, others] = [
      await plane.signIn({ uid: request.id, sid: request.id, idp: "service-token" }),
      await plane.signIn({ uid: other.id, sid: other.id, idp: "service-token" }),
    ];
    expect(await revoke(target(request.id))).toMatchObject({ isNew: true, records: [`shard.${shardOf(request.id)}`] });
    expect(await listed(request.id)).toMatchObject({
      state: "revoked",
      endedAt: expect.any(Number),
      endedBy: "operator:test",
      endedReason: "left in a log",
    });
    expect(await listed(other.id)).toMatchObject({ state: "active" });
    expect([await plane.decide(edge), await plane.decide(others)]).toEqual([
      "login revoked",
      `allow session ${other.id}`,
    ]);
  });

  test("stays revoked by whoever revoked it first", async () => {
    const { id, ...request } = draft();
    await plane.carryOut({ ...request, id });
    await revoke({ type: "session", sid: id });
    const before = await listed(id);
    plane.clock.advance(60);
    await plane.carryOut({
      operation: "revoke",
      command: { version: 1, target: { type: "user", uid: id }, by: "operator:other", reason: "again" },
    });
    expect(await listed(id)).toEqual(before);
  });

  test("has expired at its end", async () => {
    const request = draft({ lifetime: 3600 });
    await plane.carryOut(request);
    plane.clock.advance(3500);
    expect(await listed(request.id)).toMatchObject({ state: "active" });
    plane.clock.advance(100);
    expect(await listed(request.id)).toMatchObject({ state: "expired" });
  });

  test.each<[why: string, change: object, message: string]>([
    ["no hash", { hash: "short" }, "hash: write the SHA-256 of the token as 43 characters of base64url"],
    ["an ID of another form", { id: "short" }, "id: write 16 characters of base64url"],
    ["a lifetime of minutes", { lifetime: 600 }, "lifetime: write at least an hour"],
    ["a lifetime of years", { lifetime: 400 * DAY }, "lifetime: write at most 366 days"],
    ["no description", { description: "" }, "description: write what the token is for"],
    ["two scopes in one", { scopes: ["a b"] }, "scopes.0: write scopes without spaces"],
    [
      "more than a token takes",
      { roles: Array.from({ length: 60 }, (_, i) => `${i}`.padEnd(50, "x")) },
      "roles: roles, scopes and claims together have more than 2048 characters",
    ],
  ])("with %s is refused", async (_, change, message) => {
    expect(await plane.ask(draft(change))).toEqual({ error: { code: "invalid_request", message } });
  });
});
