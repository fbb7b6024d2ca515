/** The loop breaker where clocks are far apart; loop-breaker.edge.test.ts has the rest. */
import { readCookies } from "../../../edge-handlers/shared/cookie-jar";
import { isLoop, isReissueLoop, reissueCookie, signInsCookie } from "../../../edge-handlers/auth/cookies/sign-ins";
import type { RequestContext } from "../../../edge-handlers/auth/request-context";

const NOW = 1_800_000_000;

function contextAt(now: number, cookie: string): RequestContext {
  return { now, cookies: readCookies(cookie) } as RequestContext;
}

/** How many are given before the next would be a loop; by handlers whose clocks follow one another. */
function givenBeforeStop(kind: "s" | "r", clocks: readonly number[]): number {
  let cookie = "";
  for (let given = 0; given < 50; given++) {
    const context = contextAt(NOW + clocks[given % clocks.length]! + given, cookie);
    if (isLoop(context, kind)) return given;
    cookie = signInsCookie(context, kind).split(";")[0]!;
  }
  return Infinity;
}

test.each([
  ["one clock", [0], 3],
  ["two clocks a little apart", [0, 50], 3],
  ["two clocks two minutes before and after the time", [-120, 120], 6],
  ["two such, of which one answers twice", [-120, -120, 120], 4],
])("a loop by way of %s ends", (_clocks, clocks, given) => {
  expect([givenBeforeStop("s", clocks), givenBeforeStop("r", clocks)]).toEqual([given, given]);
});

test("a cookie that is as full as it gets is read", () => {
  let cookie = "";
  const next = (make: (context: RequestContext) => string) => {
    cookie = make(contextAt(NOW, cookie)).split(";")[0]!;
  };
  for (let time = 0; time < 9; time++) {
    next((context) => signInsCookie(context, "s"));
    next((context) => signInsCookie(context, "r"));
    next((context) => reissueCookie(context, "0sxwls6"));
  }
  const full = contextAt(NOW, cookie);
  expect([isLoop(full, "s"), isLoop(full, "r"), isReissueLoop(full, "0sxwls6")]).toEqual([true, true, true]);
});
