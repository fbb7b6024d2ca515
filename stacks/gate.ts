import { statSync } from "node:fs";
import { CloudfrontFunction } from "@cdktf/provider-aws/lib/cloudfront-function";
import { AssetType, TerraformAsset, TerraformLocal } from "cdktf";
import { Construct } from "constructs";
import type { Artifacts } from "../build/artifacts";
import { gateWith, type GateFeature } from "../build/gate-features";
import { MAX_FUNCTION_SOURCE } from "../cloudfront/limits";
import { ConfigError } from "../config/error";
import type { Config } from "../config/schema";
import { placesOf } from "../config/site-checks";
import { needsConditions } from "../policy/requirement";
import { conditionsOf, type Conditions } from "../policy/rule";
import { closedPolicySource, policySource } from "../policy/source";
import type { ApiGateSettings } from "../session/access-tokens";
import type { GateSettings } from "../session/settings";
import { filesIn } from "../sites/place";
import { siteSource } from "../sites/source";
import { gatePolicy } from "./gate-policy";
import { apiGateFunctionName, gateFunctionName } from "./names";
import { ownFunctionsSource } from "./own-functions";
import type { SessionStore } from "./session-store";
import { gateSettings } from "./settings";
import { atMostBytes, jsonencodedBytes, literal, thousands } from "./terraform-text";

const SMALLER =
  'Merge rules of "policy": one "/a/**" for many paths below "/a", several roles in one rule, fewer rules for single hosts.';

export interface GateProps {
  config: Config;
  artifacts: Artifacts;
  store: SessionStore;
  /** For the gate of API behaviors. It lets tokens pass that only the handler on origin requests can verify. */
  api?: ApiGateSettings | undefined;
}

/**
 * The function that decides every request. At plan time, Terraform joins its source from the static bundle, the
 * settings and the policy. So a change of the config is a readable diff and needs no build.
 */
export class Gate extends Construct {
  readonly arn: string;

  constructor(scope: Construct, id: string, props: GateProps) {
    super(scope, id);
    const { config, artifacts, store, api } = props;
    const base = baseOf(config, artifacts, api);
    const source = new TerraformAsset(this, "source", { path: base, type: AssetType.FILE });
    refuseLargeSource(config, base, api);
    const settings = new TerraformLocal(this, "settings", literal(settingsOf(config, api)));
    const policy = new TerraformLocal(this, "policy", templateFree(sourceOf(config)));
    const site = new TerraformLocal(this, "site", templateFree(filesSource(config, api)));
    const own =
      config.viewerRequest && new TerraformLocal(this, "functions", literal(ownFunctionsSource(config.viewerRequest)));
    const code = new TerraformLocal(
      this,
      "code",
      `\${file("${source.path}")}\nvar S=\${jsonencode(local.${settings.friendlyUniqueId})};\n` +
        [policy, site, ...(own ? [own] : [])].map((part) => `\${local.${part.friendlyUniqueId}}\n`).join(""),
    );

    this.arn = new CloudfrontFunction(this, "Resource", {
      name: api ? apiGateFunctionName(config) : gateFunctionName(config),
      comment: `Decides whether a request ${api ? "of an API " : ""}may pass`,
      runtime: "cloudfront-js-2.0",
      publish: true,
      code: code.asString,
      keyValueStoreAssociations: [store.arn],
      lifecycle: {
        createBeforeDestroy: true,
        precondition: [
          {
            condition: atMostBytes(`local.${code.friendlyUniqueId}`, MAX_FUNCTION_SOURCE),
            errorMessage: `The gate with its settings and policy is larger than the ${MAX_FUNCTION_SOURCE} bytes that CloudFront takes. ${SMALLER}`,
          },
        ],
      },
    }).arn;
  }
}

/** The static bundle for a config. */
export function baseOf(config: Config, artifacts: Artifacts, api?: ApiGateSettings): string {
  return gateWith(artifacts, featuresOf(config, api));
}

function featuresOf({ viewerRequest, policy }: Config, api: ApiGateSettings | undefined): GateFeature[] {
  const own = viewerRequest ? (["functions"] as const) : [];
  // The handler of API behaviors evaluates conditions.
  if (api) return ["api", ...own];
  const all = conditionsOf(policy);
  const has = (...members: (keyof Conditions)[]) =>
    all.some((conditions) => members.some((member) => conditions[member] !== undefined));
  return [
    ...(policy.some(({ allow }) => needsConditions(allow)) ? (["conditions"] as const) : []),
    ...own,
    ...(has("during") ? (["hours"] as const) : []),
    ...(has("acr", "maxAge") ? (["stepup"] as const) : []),
    ...(has("networks", "notNetworks", "countries", "notCountries") ? (["viewer"] as const) : []),
  ];
}

function settingsOf(config: Config, api: ApiGateSettings | undefined): GateSettings {
  // Only pages show the name.
  return { ...gateSettings(config), ...(api && { api, productName: "" }) };
}

/**
 * Bytes of the source that Terraform joins.
 *
 * @param base path of the static bundle; see {@link baseOf}
 */
export function gateBytes(
  config: Config,
  base: string,
  api?: ApiGateSettings,
): { settings: number; policy: number; functions: number; total: number } {
  const settings = jsonencodedBytes(settingsOf(config, api));
  const policy = Buffer.byteLength(sourceOf(config));
  const site = Buffer.byteLength(filesSource(config, api));
  const functions = config.viewerRequest ? Buffer.byteLength(`${ownFunctionsSource(config.viewerRequest)}\n`) : 0;
  const joints = "\nvar S=;\n\n\n".length;
  return { settings, policy, functions, total: statSync(base).size + settings + policy + site + functions + joints };
}

function sourceOf(config: Config): string {
  const { rules, closedTo } = gatePolicy(config);
  return closedTo ? closedPolicySource(rules, closedTo) : policySource(rules);
}

/** API behaviors have no buckets. */
function filesSource(config: Config, api: ApiGateSettings | undefined): string {
  return siteSource(api ? [] : placesOf(config), filesIn(config.policy));
}

/** Terraform checks the same at plan time, for those who have no Node.js. */
function refuseLargeSource(config: Config, base: string, api: ApiGateSettings | undefined): void {
  const { settings, policy, functions, total } = gateBytes(config, base, api);
  if (total <= MAX_FUNCTION_SOURCE) return;
  const parts = [
    `${thousands(policy)} of them the policy`,
    `${thousands(settings)} the settings`,
    ...(functions > 0 ? [`${thousands(functions)} your functions`] : []),
  ];
  const list = `${parts.slice(0, -1).join(", ")} and ${parts.at(-1)}`;
  const shorter = functions > 0 ? " Shorten viewerRequest: comments and indentation do not count, names do." : "";
  const message = `the gate${api ? " of API behaviors" : ""} has ${thousands(total)} bytes, ${list}; CloudFront takes ${thousands(MAX_FUNCTION_SOURCE)}. ${SMALLER}${shorter}`;
  throw new ConfigError("config", [{ path: functions > policy ? "viewerRequest" : "policy", message }]);
}

/** Rules and file names cannot contain a template's opening characters. If that ever changes, Terraform must not evaluate them. */
function templateFree(source: string): string {
  if (/[$%]\{/.test(source))
    throw new Error("the gate's source contains a Terraform template: a rule or file name has a forbidden character");
  return source;
}
