/** The effects of a variable policy on API behaviors: on their gate, and on the bearer handler. */
import type { Config } from "../config/schema";
import { roleClaimOf } from "../stacks/api-settings";
import type { Json } from "./module-json";
import { text } from "./policy-preconditions";

type Block = { [key: string]: Json };

interface Parts {
  config: Config;
  /** Expressions: the roles that a provider may grant, in addition to its config of roles, and the closed site. */
  rolesOf(id: string, mapping: object): string;
  closed: string;
  withoutNull(object: string): string;
}

/** @returns the locals of the stack that the policy changes; none if the config has no API behaviors */
export function apiLocals(locals: Record<string, Block>, { config, rolesOf, closed, withoutNull }: Parts): Block {
  const { auth_settings, bearer_settings, api_gate_settings } = locals;
  if (!bearer_settings) return {};
  const issuers = auth_settings!["accessTokens"] as Record<string, Block>;
  return {
    api_gate_policy: "${local.policy_source}",
    api_gate_settings: `\${merge(local.api_gate_settings_open, ${closed})}`,
    api_gate_settings_open: api_gate_settings!,
    bearer_settings: `\${merge(local.bearer_settings_open, ${closed})}`,
    bearer_settings_open: { ...bearer_settings, issuers: "${local.access_token_issuers}" },
    access_token_issuers: `\${{ for id, issuer in local.access_token_issuers_all : id => ${withoutNull("issuer")} }}`,
    access_token_issuers_all: Object.fromEntries(
      Object.entries(issuers).map(([id, issuer]) => [id, { ...issuer, ...ofPolicy(config, id, rolesOf) }]),
    ),
    access_token_claims: `\${sort(distinct([for name in concat(${text(Object.values(config.identityHeaders))}, local.policy_claims) : name if name != "scope"]))}`,
  };
}

/** Like `ofProvider` of stacks/api-settings.ts: the tokens of an identity provider follow its rules for people. */
function ofPolicy(config: Config, id: string, rolesOf: Parts["rolesOf"]): Block {
  const { identityProvider, claims } = config.accessTokens[id]!;
  if (identityProvider === undefined) return {};
  const provider = config.identityProviders[identityProvider]!;
  const { grant: _, ...mapping } = { ...provider.roles, claim: roleClaimOf(provider) };
  return {
    roles: rolesOf(identityProvider, mapping),
    ...(claims === undefined && {
      claims: "${length(local.access_token_claims) == 0 ? null : local.access_token_claims}",
    }),
  };
}
