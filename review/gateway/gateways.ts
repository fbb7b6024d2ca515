/** The gateways of a plan. There may be several, in the root or in modules. */
import { isRedirectSource } from "../../cloudfront/redirect-source";
import type { Runs } from "../../cloudfront/decisions/behavior";
import type { Change, Plan } from "../plan/plan";
import { isMarked, jsonIn } from "../plan/values";
import { isGateCode, readGateCode, type GateCode } from "./gate-code";

export interface Gateway {
  /** `name` of the config. */
  name: string;
  /** The address of its module; empty for the root. */
  module: string;
  gate: Change;
  /** Undefined if the gate does not exist, or if its code is known only after the apply. */
  before: GateCode | undefined;
  after: GateCode | undefined;
  /** The hosts that the handler serves, the main one first. */
  hosts: { before: string[]; after: string[] };
}

export function gatewaysOf(plan: Plan): Gateway[] {
  const gates = plan.changes.filter((change) => isGate(change) && !isApiGate(change));
  return gates.map((gate) => {
    const [before, after] = (["before", "after"] as const).map((side) =>
      codeOf(gate[side], inputsOf(plan, gate, side)),
    );
    return {
      name: String((gate.after ?? gate.before)?.["name"] ?? gate.name).replace(/-gate$/, ""),
      module: gate.module,
      gate,
      before,
      after,
      hosts: { before: hostsIn(before), after: hostsIn(after) },
    };
  });
}

export function isGate({ type, before, after }: Change): boolean {
  return type === "aws_cloudfront_function" && (isGateCode(before?.["code"]) || isGateCode(after?.["code"]));
}

/** The gate of API behaviors: a second function of the same gateway. */
function isApiGate({ before, after }: Change): boolean {
  return String((after ?? before)?.["name"]).endsWith("-gate-api");
}

/**
 * The kind of a function in the plan. A handler's program is in a zip, so only its place in the gateway identifies it.
 */
export function runsOf(plan: Plan, change: Change): Runs {
  const { type, after } = change;
  if (type === "aws_cloudfront_function") {
    if (isGateCode(after?.["code"])) return isApiGate(change) ? "api-gate" : "gate";
    return typeof after?.["code"] === "string" && isRedirectSource(after["code"]) ? "redirect" : "other";
  }
  if (type !== "aws_lambda_function") return "other";
  const gateways = plan.changes
    .filter((gate) => isGate(gate) && !isApiGate(gate) && gate.module === change.module)
    .map((gate) => String(gate.after?.["name"]).replace(/-gate$/, ""));
  const name = String(after?.["function_name"]);
  if (gateways.some((gateway) => name === `${gateway}-auth`)) return "handler";
  return gateways.some((gateway) => name === `${gateway}-bearer`) ? "bearer" : "other";
}

/** The parameter with the settings of the auth handler. */
export function isSettings({ type, before, after }: Change): boolean {
  if (type !== "aws_ssm_parameter") return false;
  return [before, after].some((values) => {
    const settings = settingsIn(values);
    return settings !== undefined && "identityProviders" in settings && "session" in settings;
  });
}

/** The parameter with the settings of the handler of API behaviors. */
export function isBearerSettings({ type, before, after }: Change): boolean {
  if (type !== "aws_ssm_parameter") return false;
  return [before, after].some((values) => {
    const settings = settingsIn(values);
    return settings !== undefined && "issuers" in settings && "behaviors" in settings;
  });
}

/** `insecure_value`, which a plan shows, or `value`, which it hides. */
export function settingsIn(values: Change["before"]): Readonly<Record<string, unknown>> | undefined {
  const settings = jsonIn(values?.["insecure_value"] ?? values?.["value"]);
  return typeof settings === "object" && settings !== null ? (settings as Record<string, unknown>) : undefined;
}

/** True if the plan does not show what a parameter holds: then a review names its members, and no values. */
export function areSettingsHidden({ after, beforeSensitive, afterSensitive }: Change): boolean {
  const name = after!["insecure_value"] === undefined ? "value" : "insecure_value";
  return [beforeSensitive, afterSensitive].some((marker) => isMarked(marker, [name]));
}

function codeOf(values: Change["before"], inputs: readonly unknown[]): GateCode | undefined {
  const code = values?.["code"];
  return isGateCode(code) ? readGateCode(code, inputs) : undefined;
}

/** Inputs of Terraform's function calls in the gate's module: one has the policy if it does not fit into the code. */
function inputsOf(plan: Plan, gate: Change, side: "before" | "after"): unknown[] {
  return plan.changes
    .filter(({ type, module }) => type === "aws_lambda_invocation" && module === gate.module)
    .map((change) => change[side]?.["input"]);
}

function hostsIn(code: GateCode | undefined): string[] {
  const hosts = code?.settings?.["hosts"];
  return Array.isArray(hosts) ? hosts.map(String) : [];
}
