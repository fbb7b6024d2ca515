import { renewIn } from "../../../edge-handlers/auth/session/next-renewal";

describe("the next renewal of a session", () => {
  test.each<[string, left: number, sinceRenewal: number | undefined, seconds: number]>([
    ["a minute before the token ends", 900, undefined, 840],
    ["a minute before the token ends, although it was just renewed", 900, 0, 840],
    ["after half of a token that lives for a minute", 60, undefined, 30],
    ["after the token's end, if the gateway does not renew it again before", 60, 0, 61],
    ["as soon as the gateway renews it, if that is before the end", 270, 100, 210],
    ["as soon as the gateway renews it, where a minute ahead would be too early", 330, 0, 301],
    ["soon, if the token is about to end", 4, undefined, 5],
    ["soon, if the token has ended", -200, 0, 5],
  ])("is %s", (_name, left, sinceRenewal, seconds) => {
    expect(renewIn(left, sinceRenewal)).toBe(seconds);
  });
});
