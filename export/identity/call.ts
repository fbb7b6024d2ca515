/** HCL that calls the modules of identity providers, and passes their outputs to the gateway's. */
import type { Config } from "../../config/schema";
import { REGION } from "../../stacks/provider-check";
import { literal } from "../../stacks/terraform-text";
import { durationOf } from "../duration";
import { issuerOfTenant } from "../../stacks/identity/entra/issuer";
import { argument, block, type Argument, type Block } from "../hcl/layout";
import { expressionOf } from "../hcl/value";
import type { GatewayModule } from "../module";
import { put } from "../nested";
import type { Replaced } from "../template";
import type { IdentityModule } from "./identity-module";
import type { ManagedClient } from "./managed-clients";

/** In the folder of the gateway's module. */
export function identityFolder({ name }: ManagedClient): string {
  return `modules/${name}`;
}

/** Converts to a Terraform name. */
export function labelOf({ name }: ManagedClient): string {
  return name.replaceAll("-", "_");
}

/** Values that gateway and identity providers must share. */
export function sharedValues({ name, domain, alternateDomains }: Config): Record<string, unknown> {
  return { name, domain, ...(alternateDomains.length > 0 && { alternate_domains: alternateDomains }) };
}

/** Every argument with the config's value; with `onlyRequired`, those without a default. */
export function identityArguments(
  { replaced, computed }: Pick<IdentityModule, "replaced" | "computed">,
  { onlyRequired = false } = {},
): Record<string, unknown> {
  const given: Record<string, unknown> = {};
  for (const each of replaced) if (each.isRequired || !onlyRequired) put(given, each.place, valueOf(each));
  if (!onlyRequired) for (const [name, { value }] of Object.entries(computed)) given[name] = value;
  return given;
}

function valueOf({ option, value }: Replaced): unknown {
  return option.seconds ? durationOf(Number(value)) : value;
}

/** The call in the example. Roles are those of the policy that the gateway's module gets. */
export function identityCall(module: IdentityModule, config: Config, hasPolicy: boolean): Block {
  const values = literal(identityArguments(module, { onlyRequired: true }));
  const shared = Object.fromEntries(Object.keys(sharedValues(config)).map((name) => [name, `\${local.${name}}`]));
  const all = { ...shared, ...values, ...shared, ...(hasPolicy && { roles: "${module.gateway.roles}" }) };
  const own = regionOf(module);
  return block(`module "${labelOf(module.client)}"`, [
    { ...argument("source", `"../../${identityFolder(module.client)}"`), isApart: own === undefined },
    ...(own === undefined ? [] : [apart(argument("providers", `{ aws = aws.${labelOf(module.client)} }`))]),
    ...Object.entries(all).map(([name, value]) => argument(name, expressionOf(value, { place: name }))),
  ]);
}

const apart = (item: Argument): Argument => ({ ...item, isApart: true });

/** Arguments of the gateway's module, by place. */
export function madeArguments({ client, home }: IdentityModule, module: GatewayModule): [string[], value: string][] {
  return ["client_id", "issuer"].flatMap((output): [string[], string][] => {
    const place = ["identity_providers", client.id, output];
    const replaced = module.replaced.find((each) => each.place.join() === place.join());
    // People of a tenant other than the app's have their own issuer, which is the default in the gateway's module.
    const isOther = client.kind === "app" && output === "issuer" && replaced?.value !== issuerOfTenant(home ?? "");
    return replaced && !isOther ? [[place, `\${module.${labelOf(client)}.${output}}`]] : [];
  });
}

/** The region of a pool, if it differs from the gateway's. */
function regionOf({ region }: IdentityModule): string | undefined {
  return region === REGION ? undefined : region;
}

/** Providers of an identity module, in addition to the gateway's. */
export function providerFor(module: IdentityModule, config: Config): Block[] {
  const { client, home } = module;
  const text = (value: unknown) => expressionOf(value, { place: "example", templates: false });
  if (client.kind === "app")
    return [block('provider "azuread"', home === undefined ? [] : [argument("tenant_id", text(home))])];
  const region = regionOf(module);
  if (region === undefined) return [];
  return [
    block('provider "aws"', [
      argument("alias", text(labelOf(client))),
      argument("region", text(region)),
      block("default_tags", [argument("tags", text({ edgegate: config.name }))]),
    ]),
  ];
}
