/** The parts of a config's gate, and whether the policy fits into its source. */
import { statSync } from "node:fs";
import type { Artifacts } from "../build/artifacts";
import { gateWith, type GateFeature } from "../build/gate-features";
import { MAX_FUNCTION_SOURCE } from "../cloudfront/limits";
import { usesApi } from "../config/api-checks";
import { ConfigError } from "../config/error";
import type { Config } from "../config/schema";
import { placesOf } from "../config/site-checks";
import { encodeText } from "../policy/percent-encoding";
import { CLOSED, END_OF_LIST, ROLE_SEPARATOR } from "../policy/requirement-text";
import { conditionFeatures } from "../policy/requirement";
import { closedPolicySource, policySource } from "../policy/source";
import { storedPolicy, StoreTooSmall, type StoredPolicy } from "../policy/stored/compile";
import type { ApiGateSettings } from "../session/access-tokens";
import type { GateSettings } from "../session/settings";
import { filesIn } from "../sites/place";
import { siteSource } from "../sites/source";
import { apiGateSettings } from "./api-settings";
import { gatePolicy } from "./gate-policy";
import { ownFunctionsSource } from "./own-functions";
import { gateSettings } from "./settings";
import { jsonencodedBytes, thousands } from "./terraform-text";

export const SMALLER =
  'Merge rules of "policy": one "/a/**" for many paths below "/a", several roles in one rule, fewer rules for single hosts.';

export interface GateCode {
  /** Path of the static bundle. */
  base: string;
  settings: GateSettings;
  /** Source text. */
  policy: string;
  site: string;
  /** Undefined if the site has none. */
  functions: string | undefined;
  /** The policy, if it does not fit into the source. */
  stored: StoredPolicy | undefined;
  bytes: GateBytes;
}

/** The size of the source that Terraform joins. */
export interface GateBytes {
  settings: number;
  policy: number;
  functions: number;
  total: number;
}

/**
 * @param api for the gate of API behaviors
 * @throws ConfigError if the gate is too large even with its policy in the store, or if the store cannot
 *   hold it
 */
export function gateCode(config: Config, artifacts: Artifacts, api?: ApiGateSettings): GateCode {
  const inSource = withPolicy({ config, artifacts, api, stored: undefined });
  if (inSource.bytes.total <= MAX_FUNCTION_SOURCE) return inSource;
  const stored = storedPolicyOf(config, inSource.bytes, api);
  const inStore = withPolicy({ config, artifacts, api, stored });
  if (inStore.bytes.total > MAX_FUNCTION_SOURCE) throw tooLarge(inStore.bytes, api);
  return inStore;
}

/** Whether one of the gates has its policy in the store. @throws ConfigError as {@link gateCode} */
export function isPolicyStored(config: Config, artifacts: Artifacts): boolean {
  const apis = usesApi(config) ? [undefined, apiGateSettings(config)] : [undefined];
  return apis.some((api) => gateCode(config, artifacts, api).stored !== undefined);
}

interface Ingredients {
  config: Config;
  artifacts: Artifacts;
  api: ApiGateSettings | undefined;
  stored: StoredPolicy | undefined;
}

function withPolicy({ config, artifacts, api, stored }: Ingredients): GateCode {
  const base = gateWith(artifacts, [
    ...featuresOf(config, api !== undefined),
    ...(stored ? (["stored"] as const) : []),
  ]);
  const settings = {
    ...gateSettings(config),
    // Only pages show the name.
    ...(api && { api, productName: "" }),
    ...(stored && { policy: indexOf(config, stored) }),
  };
  const policy = stored ? policySource([]) : sourceOf(config);
  // API behaviors have no buckets.
  const site = siteSource(api ? [] : placesOf(config), filesIn(config.policy));
  const functions = config.viewerRequest && ownFunctionsSource(config.viewerRequest);
  const joints = "\nvar S=;\n\n\n".length;
  const bytes = {
    settings: jsonencodedBytes(settings),
    policy: Buffer.byteLength(policy),
    functions: functions === undefined ? 0 : Buffer.byteLength(`${functions}\n`),
  };
  const total =
    statSync(base).size + bytes.settings + bytes.policy + Buffer.byteLength(site) + bytes.functions + joints;
  return { base, settings, policy, site, functions, stored, bytes: { ...bytes, total } };
}

/** The features of the gate that a config needs, wherever its policy is. @param isApi for the gate of API behaviors */
export function featuresOf(
  { accessDenied, assertion, maintenance, policy, viewerRequest }: Config,
  isApi = false,
): GateFeature[] {
  return [
    ...(assertion ? (["assertion"] as const) : []),
    // The handler of API behaviors evaluates conditions.
    ...(isApi ? (["api"] as const) : conditionFeatures(policy)),
    ...(accessDenied?.requestHook && !isApi ? (["refusals"] as const) : []),
    ...(viewerRequest ? (["functions"] as const) : []),
    ...(maintenance ? (["maintenance"] as const) : []),
  ];
}

function indexOf(config: Config, { index }: StoredPolicy): NonNullable<GateSettings["policy"]> {
  const { closedTo } = gatePolicy(config);
  if (!closedTo) return index;
  // As closedPolicySource writes it.
  const list = closedTo.length === 0 ? CLOSED : closedTo.map(encodeText).join(ROLE_SEPARATOR);
  return { ...index, closedTo: CLOSED + list + END_OF_LIST };
}

function sourceOf(config: Config): string {
  const { rules, closedTo } = gatePolicy(config);
  return closedTo ? closedPolicySource(rules, closedTo) : policySource(rules);
}

function storedPolicyOf(config: Config, bytes: GateBytes, api: ApiGateSettings | undefined): StoredPolicy {
  const { rules, hosts } = gatePolicy(config);
  try {
    return storedPolicy(rules, hosts!);
  } catch (error) {
    if (!(error instanceof StoreTooSmall)) throw error;
    throw tooLarge(bytes, api, ` The store cannot take the policy either: ${error.message}.`);
  }
}

/** Terraform checks the same at plan time, for modules that are used without Node.js. */
function tooLarge(
  { settings, policy, functions, total }: GateBytes,
  api: ApiGateSettings | undefined,
  why = "",
): ConfigError {
  const parts = [
    `${thousands(policy)} of them the policy`,
    `${thousands(settings)} the settings`,
    ...(functions > 0 ? [`${thousands(functions)} your functions`] : []),
  ];
  const list = `${parts.slice(0, -1).join(", ")} and ${parts.at(-1)}`;
  const shorter = functions > 0 ? " Shorten viewerRequest: comments and indentation do not count, names do." : "";
  const message = `the gate${api ? " of API behaviors" : ""} has ${thousands(total)} bytes, ${list}; CloudFront takes ${thousands(MAX_FUNCTION_SOURCE)}.${why} ${SMALLER}${shorter}`;
  return new ConfigError("config", [{ path: functions > policy ? "viewerRequest" : "policy", message }]);
}
