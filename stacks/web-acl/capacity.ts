/**
 * The capacity and the price of a web ACL.
 * https://docs.aws.amazon.com/waf/latest/developerguide/aws-waf-capacity-units.html,
 * https://aws.amazon.com/waf/pricing/
 */
import type { IValidation } from "constructs";
import { isAttached } from "../../config/distribution";
import type { Config } from "../../config/schema";
import { rulesOf, type Rule } from "./rules";

const MAX_CAPACITY = 5_000;
const INCLUDED_CAPACITY = 1_500;
const PRICED_STEP = 500;
const DOLLARS_PER_STEP = 0.2;

/** Such as `967 WCU`, with what more than 1,500 cost. */
export function describeWebAcl(config: Config): string {
  const { waf } = config;
  if (isAttached(config)) return "that of your distribution";
  if (waf === false) return "none: nothing is blocked before the gate";
  if ("webAclArn" in waf) return waf.webAclArn;
  const capacity = webAclCapacity(config);
  const steps = Math.ceil((capacity - INCLUDED_CAPACITY) / PRICED_STEP);
  const price = `; each million requests costs $${(steps * DOLLARS_PER_STEP).toFixed(2)} more, because of more than ${text(INCLUDED_CAPACITY)}`;
  return `${text(capacity)} WCU${steps > 0 ? price : ""}${waf.mode === "count" ? "; nothing is blocked, only counted" : ""}`;
}

/** Web ACL capacity units of the config's web ACL; 0 if the gateway makes none. */
export function webAclCapacity(config: Config): number {
  const { waf } = config;
  return waf === false || "webAclArn" in waf ? 0 : capacityOfRules(rulesOf(config, waf, () => ""));
}

function capacityOfRules(rules: readonly Rule[]): number {
  return rules.reduce((sum, { capacity }) => sum + capacity, 0);
}

function text(number: number): string {
  return number.toLocaleString("en");
}

/** Fails the synth if AWS would refuse the web ACL, hours before that. */
export class CapacityCheck implements IValidation {
  readonly #rules: readonly Rule[];

  constructor(rules: readonly Rule[]) {
    this.#rules = rules;
  }

  validate(): string[] {
    const capacity = capacityOfRules(this.#rules);
    if (capacity <= MAX_CAPACITY) return [];
    const parts = [...this.#rules]
      .sort((a, b) => b.capacity - a.capacity)
      .map(({ name, capacity }) => `${name} ${capacity}`);
    return [
      `the web ACL needs ${capacity} WCU, and AWS accepts at most ${MAX_CAPACITY}: ${parts.join(", ")}; ` +
        "remove waf.groups, or write fewer paths in waf.exempt",
    ];
  }
}
