/** Who gets access that did not have it: from the two policies in the plan, never sampled. */
import { accessOf, type GatewayAccess } from "../access";
import { gatewaysOf } from "../gateway/gateways";
import { isMarked } from "../plan/values";
import { listed, say } from "../sentence";
import type { Found, Rule } from "../rule";

export const opensAPath: Rule = {
  id: "opens-a-path",
  title: "Lets more people in",
  help: "Read the access table line by line. A path that is newly public is open to everybody on the internet.",
  // If only the apply will know the policy, the rule about unknown values says so.
  find: (plan) =>
    gatewaysOf(plan)
      .filter(({ gate }) => !isMarked(gate.afterUnknown, ["code"]))
      .flatMap((gateway) => found(gateway.gate.address, accessOf(gateway))),
};

function found(address: string, { changes, problem, isNew }: GatewayAccess): Found[] {
  if (problem !== undefined)
    return [{ severity: "high", address, message: say`What changes for whom cannot be told: ${problem}.` }];
  const open = changes.filter(({ newlyPublic }) => newlyPublic);
  const wider = changes.filter(({ newlyPublic, gains }) => !newlyPublic && gains.length > 0);
  const places = (some: typeof changes) => listed([...new Set(some.map(({ host, path }) => `${host ?? ""}${path}`))]);
  return [
    ...(open.length > 0
      ? [
          {
            severity: isNew ? ("low" as const) : ("high" as const),
            address,
            message: say`Open to everybody, without signing in: ${places(open)}.`,
          },
        ]
      : []),
    ...(wider.length > 0 && !isNew
      ? [
          {
            severity: "medium" as const,
            address,
            message: say`More people may open ${places(wider)}: ${listed([...new Set(wider.flatMap(({ gains }) => gains))])}.`,
          },
        ]
      : []),
  ];
}
