/** People who gain access: computed from the two policies in the plan, never sampled. */
import type { AccessChange } from "../../policy/diff/access-diff";
import { accessOf, places, type GatewayAccess } from "../access";
import { gatewaysOf, type Gateway } from "../gateway/gateways";
import { isMarked } from "../plan/values";
import { listed, say, type Sentence } from "../sentence";
import type { Found, Rule } from "../rule";

export const opensAPath: Rule = {
  id: "opens-a-path",
  title: "Lets more people in",
  help: "Read the access table line by line. A path that is newly public is open to everyone on the internet.",
  // If the policy is known only after the apply, the rule about unknown values reports it.
  find: (plan) =>
    gatewaysOf(plan)
      .filter(({ gate }) => !isMarked(gate.afterUnknown, ["code"]))
      .flatMap((gateway) => found(gateway, accessOf(gateway))),
};

function found({ gate: { address }, hosts }: Gateway, { changes, problem, isNew }: GatewayAccess): Found[] {
  if (problem !== undefined)
    return [{ severity: "high", address, message: say`The change of access cannot be computed: ${problem}.` }];
  // On a new host, all access is new; the rule about domains reports the host.
  const isNewHost = ({ host }: AccessChange) => host !== undefined && !hosts.before.includes(host);
  const open = changes.filter(({ newlyPublic }) => newlyPublic);
  const [elsewhere, there] = [open.filter((change) => !isNewHost(change)), open.filter(isNewHost)];
  const wider = changes.filter((change) => !change.newlyPublic && change.gains.length > 0 && !isNewHost(change));
  const gains = listed([...new Set(wider.flatMap((change) => change.gains))]);
  const flags: [some: AccessChange[], severity: Found["severity"], message: Sentence][] = [
    [elsewhere, isNew ? "low" : "high", say`Open to everybody, without signing in: ${places(elsewhere)}.`],
    [isNew ? [] : there, "medium", say`On a new host, open to everybody without signing in: ${places(there)}.`],
    [isNew ? [] : wider, "medium", say`More people may open ${places(wider)}: ${gains}.`],
  ];
  return flags.flatMap(([some, severity, message]) => (some.length === 0 ? [] : [{ severity, address, message }]));
}
