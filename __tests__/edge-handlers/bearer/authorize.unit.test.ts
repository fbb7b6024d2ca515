/** Failures of what the handler of API behaviors depends on. */
import { authorize } from "../../../edge-handlers/bearer/authorize";
import type { Ports } from "../../../edge-handlers/bearer/ports";
import { Failure } from "../../../edge-handlers/shared/failure";
import { REQUIREMENT_HEADER } from "../../../session/access-tokens";

test.each<[string, Error, string]>([
  ["that it knows keeps its name", new Failure<string>("settings_unavailable"), "settings_unavailable"],
  ["of other handlers has no name here", new Failure<string>("not_found"), "internal"],
  ["that nobody expected has none either", new TypeError("x"), "internal"],
])("a failure %s, and nobody passes", async (_name, error, outcome) => {
  const call = {
    header: (name: string) => (name === REQUIREMENT_HEADER ? ["+ /api/orders /api/orders"] : []),
    address: "192.0.2.1",
  };
  const ports = { settings: () => Promise.reject(error), now: () => 1_800_000_000 } as unknown as Ports;
  expect(await authorize(call, ports)).toMatchObject({ passes: false, status: 503, outcome, retryAfter: "5" });
});
