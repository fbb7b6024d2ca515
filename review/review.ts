/** Reviews a plan: everything that any output shows. */
import { accessOf, type GatewayAccess } from "./access";
import { costDifference, type CostLine } from "./costs";
import { gatewaysOf } from "./gateway/gateways";
import type { Action, Plan } from "./plan/plan";
import { changedAttributes } from "./plan/values";
import type { Flag, Rule } from "./rule";
import { RULES } from "./rules/index";
import { SEVERITIES, type Severity } from "./severity";

export interface ReviewedGateway extends GatewayAccess {
  name: string;
  module: string;
  /** Address of the gate. */
  address: string;
}

export interface ReviewedChange {
  address: string;
  action: Action;
  /** Names of the attributes that change; empty unless it is updated. */
  attributes: string[];
}

export interface Review {
  gateways: ReviewedGateway[];
  /** The worst flags come first. */
  flags: Flag[];
  /** The rules that found something. */
  rules: Rule[];
  /** Severity of the worst flag. */
  severity: Severity | undefined;
  costs: CostLine[];
  changes: ReviewedChange[];
  /** Addresses of resources that were changed outside Terraform. */
  drifted: string[];
}

export function reviewOf(plan: Plan, rules: readonly Rule[] = RULES): Review {
  const flags = rules
    .flatMap((rule) => rule.find(plan).map((found): Flag => ({ rule: rule.id, ...found })))
    .sort((a, b) => SEVERITIES.indexOf(a.severity) - SEVERITIES.indexOf(b.severity));
  return {
    gateways: gatewaysOf(plan).map((gateway) => ({
      name: gateway.name,
      module: gateway.module,
      address: gateway.gate.address,
      ...accessOf(gateway),
    })),
    flags,
    rules: rules.filter(({ id }) => flags.some((flag) => flag.rule === id)),
    severity: flags[0]?.severity,
    costs: costDifference(plan),
    changes: plan.changes
      .filter(({ action }) => action !== "none")
      .map((change) => ({
        address: change.address,
        action: change.action,
        attributes: change.action === "update" ? changedAttributes(change) : [],
      })),
    drifted: plan.drifted,
  };
}
