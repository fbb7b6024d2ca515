/**
 * The policy as a variable. `module/*.tf` compiles it (docs/decisions/0057-policy-in-hcl.md). This file has its other
 * effects: the gate's file, the roles and claims in tokens, and the closed site.
 */
import { gateFileName, type GateFeature } from "../build/gate-features";
import type { Config } from "../config/schema";
import { placesOf } from "../config/site-checks";
import { featuresOf } from "../stacks/gate-code";
import { apiLocals } from "./api-policy";
import { BUNDLES, fixedFeatures } from "./bundles";
import type { Json, ModuleJson } from "./module-json";
import { preconditions, text } from "./policy-preconditions";
import { sitePages } from "./site-pages";

type Block = { [key: string]: Json };

/** @param config without maintenance, which is a variable, too */
export function withPolicyVariable(json: ModuleJson, config: Config): ModuleJson {
  const { auth_settings, gate_code, api_gate_code, gate_settings, ...locals } = json.locals as Record<string, Block>;
  const { identityProviders, ...settings } = auth_settings as Block & { identityProviders: Record<string, Block> };
  const gate = json.resource["aws_cloudfront_function"]!["gate"]! as { lifecycle: { precondition: Json[] } };
  return {
    ...json,
    output: {
      ...json.output,
      roles: {
        description: "The roles that the policy requires: what identity providers give",
        value: "${local.required_roles}",
      },
    },
    locals: {
      ...locals,
      required_roles: "${local.policy_roles}",
      gate_code: withGateOf(gate_code as unknown as string, featuresOf(config), "gate_file"),
      gate_features: `\${sort(concat(${text(fixedFeatures(config))}, local.policy_features, ${MAINTENANCE_FEATURE}))}`,
      gate_file: '${length(local.gate_features) == 0 ? "gate" : "gate-with-${join("-", local.gate_features)}"}.js',
      ...(api_gate_code && {
        api_gate_code: withGateOf(api_gate_code as unknown as string, featuresOf(config, true), "api_gate_file"),
        api_gate_file: `gate-with-\${join("-", sort(concat(${text(fixedFeatures(config, true))}, ${MAINTENANCE_FEATURE})))}.js`,
      }),
      gate_policy: "${local.policy_source}",
      gate_site: "${local.site_source}",
      site_places: placesOf(config).map(({ pattern, site }) => ({
        pattern,
        index: site?.index || null,
        spa: site?.spa ?? false,
      })),
      ...pagesOf(config),
      ...apiLocals(json.locals as Record<string, Block>, {
        config,
        rolesOf: (id, mapping) => rolesOf(config, id, mapping),
        closed: CLOSED,
        withoutNull,
      }),
      gate_settings: `\${merge(local.gate_settings_open, ${CLOSED})}`,
      gate_settings_open: gate_settings!,
      auth_settings: `\${${withoutNull("local.auth_settings_all")}}`,
      auth_settings_all: {
        ...settings,
        claims: `\${sort(distinct(concat(${text(identityClaims(config))}, local.policy_claims)))}`,
        identityProviders: `\${{ for id, provider in local.auth_identity_providers : id => ${withoutNull("provider")} }}`,
        maintenance: MAINTENANCE,
        stepUp: "${local.policy_step_up}",
        ...(settings["accessTokens"] !== undefined && { accessTokens: "${local.access_token_issuers}" }),
      },
      auth_identity_providers: Object.fromEntries(
        Object.entries(identityProviders).map(([id, provider]) => [
          id,
          { ...provider, roles: rolesOf(config, id, mappingOf(config, id)) },
        ]),
      ),
    },
    resource: {
      ...json.resource,
      aws_cloudfront_function: {
        ...json.resource["aws_cloudfront_function"],
        gate: {
          ...gate,
          lifecycle: { ...gate.lifecycle, precondition: [...gate.lifecycle.precondition, ...preconditions(config)] },
        },
      },
    },
  };
}

/** The gate's feature for a closed site (build/gate-features.ts). */
const MAINTENANCE_FEATURE = 'var.maintenance == null ? [] : ["maintenance"]';

/**
 * Replaces the file at the start of a gate's code in the stack. In a module, the file depends on the policy.
 *
 * @param file the local value with the file's name
 */
function withGateOf(code: string, features: readonly GateFeature[], file: string): string {
  const inStack = `\${file("\${path.module}/${BUNDLES}/${gateFileName(features)}")}`;
  if (!code.startsWith(inStack)) throw new Error("the gate's code does not begin with its file");
  return `\${file("\${path.module}/${BUNDLES}/\${local.${file}}")}${code.slice(inStack.length)}`;
}

/** Claims that tokens need with any policy. */
function identityClaims({ identityHeaders }: Config): string[] {
  return [...new Set(Object.values(identityHeaders))];
}

/** `formatdate` prints a time in its own zone, so the zone's offset is subtracted first. */
const OFFSET = `try(regex("([+-])([0-9]{2}):([0-9]{2})$", var.maintenance.until), ["+", "00", "00"])`;
const IN_UTC = `timeadd(var.maintenance.until, format("%s%sh%sm", ${OFFSET}[0] == "+" ? "-" : "", ${OFFSET}[1], ${OFFSET}[2]))`;

/**
 * The value of Retry-After: a date (https://www.rfc-editor.org/rfc/rfc9110#section-10.2.3), or seconds as in
 * stacks/settings.ts.
 */
const RETRY_AFTER = `try(formatdate("EEE, DD MMM YYYY hh:mm:ss 'GMT'", ${IN_UTC}), "300")`;

/** Merged into the settings of gates and handlers. */
const CLOSED = `var.maintenance == null ? {} : { closed = ${RETRY_AFTER} }`;

const MAINTENANCE = `\${var.maintenance == null ? null : ${withoutNull(
  "{ until = var.maintenance.until, message = var.maintenance.message, admitsSome = var.maintenance.roles == null ? null : true }",
)}}`;

/** The settings leave out defaults. @returns an expression */
function withoutNull(object: string): string {
  return `{ for name, value in ${object} : name => value if value != null }`;
}

/** The input of module/site-pages.tf. */
function pagesOf(config: Config): Block {
  const pages = sitePages(config);
  return pages.length === 0 ? {} : { site_pages: pages };
}

/** The config of a provider's roles, without those that it may grant. */
function mappingOf({ identityProviders }: Config, id: string): object {
  const { grant: _, ...mapping } = identityProviders[id]!.roles;
  return mapping;
}

/** Like `grantsOf` of config/identity-provider.ts: the roles of the policy that this provider may grant. */
function rolesOf(config: Config, id: string, mapping: object): string {
  const { grant } = config.identityProviders[id]!.roles;
  const isOnly = Object.keys(config.identityProviders).length === 1;
  const granted = grant
    ? `[for name in local.required_roles : name if contains(${text(grant)}, name)]`
    : isOnly
      ? "local.required_roles"
      : "[]";
  return `\${length(${granted}) == 0 ? null : merge(${text(mapping)}, { grant = ${granted} })}`;
}
