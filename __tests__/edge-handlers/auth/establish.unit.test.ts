/** The cookies of a new session. */
import { establishSession } from "../../../edge-handlers/auth/establish";
import type { Exchange } from "../../../edge-handlers/auth/exchange";
import type { Identity } from "../../../edge-handlers/auth/oidc/identity";

const NOW = 1_000_000;
const START = { sid: "s".repeat(16), issuedAt: NOW, idp: "main" };
const IDENTITY: Identity = { uid: "u".repeat(16), email: "", roles: [], claims: {}, strength: "", authTime: undefined };

function newExchange(): Exchange {
  return {
    now: NOW,
    settings: { basePath: "/_gate", session: { absolute: 28_800, idle: 3600, token: 900, shardCount: 64 } },
    ports: { keys: async () => ({ current: "k1", keys: { k1: "m".repeat(43) } }) },
    setCookies: [],
    note: {},
  } as unknown as Exchange;
}

test("the session cookie lives as long as the session, the refresh cookie as long as it may be idle", async () => {
  const exchange = newExchange();
  await establishSession(exchange, START, IDENTITY, "token");
  expect(exchange.setCookies).toEqual([
    expect.stringMatching(/^__Host-gate=1\.[^;]+; Path=\/; Max-Age=28800; Secure; HttpOnly; SameSite=Lax$/),
    expect.stringMatching(/^__Secure-gate-refresh=[^;]+; Path=\/_gate; Max-Age=3600; Secure; HttpOnly; SameSite=Lax$/),
  ]);
});

test("without a refresh token the refresh cookie of an earlier session goes", async () => {
  const exchange = newExchange();
  await establishSession(exchange, START, IDENTITY, undefined);
  expect(exchange.setCookies[1]).toBe("__Secure-gate-refresh=; Path=/_gate; Max-Age=0; Secure; HttpOnly; SameSite=Lax");
});

test.each<[string, Partial<Identity>, string | undefined, string]>([
  ["claims", { claims: { department: "x".repeat(4000) } }, undefined, "session_too_large"],
  ["a refresh token", {}, "x".repeat(3000), "refresh_token_too_large"],
])("%s that no cookie can hold give no session at all", async (_name, identity, refreshToken, code) => {
  const exchange = newExchange();
  await expect(establishSession(exchange, START, { ...IDENTITY, ...identity }, refreshToken)).rejects.toMatchObject({ code });
  expect(exchange.setCookies).toEqual([]);
});
