/** An app in Microsoft Entra as a module: stacks/identity/entra/ with variables instead of values. */
import { homeTenantOf, SIGNED_IN_ROLE, type EntraApp } from "../../config/entra-app";
import type { Config } from "../../config/schema";
import { rolesOf } from "../../policy/rule";
import { EntraStack } from "../../stacks/identity/entra/entra-stack";
import { NAMESPACE } from "../../stacks/identity/entra/stable-id";
import { clientSecretName } from "../../stacks/names";
import type { ModuleJson } from "../module-json";
import { snakeCase } from "../template";
import { ENTRA_OPTIONS } from "./entra-options";
import { entraVariables, scopeIsNoRole } from "./entra-people";
import {
  gatewayPart,
  gatewayProps,
  moduleJson,
  runStack,
  storeSecret,
  templateOfPart,
  withForEach,
  withResource,
  type IdentityModule,
} from "./identity-module";
import type { ManagedClient } from "./managed-clients";

const TOPICS = {
  "app.tf": ["application", "web", "optional_claims", "api", "here"],
  "credential.tf": ["federated_credential", "certificate"],
  "enterprise-app.tf": ["service_principal", "consent", "mfa"],
  "roles.tf": ["role", "app_roles", "assignment", "assigned", "assignments"],
};

/** People who may sign in without a role: a list with one element, or without any. */
const SIGNED_IN = "var.signed_in[*]";

const LOCALS = {
  // Like stacks/identity/entra/app-roles.ts.
  app_roles: `\${{
    for role in distinct(concat(var.roles, [for who in ${SIGNED_IN} : "${SIGNED_IN_ROLE}"])) : role => { id = uuidv5("${NAMESPACE}", "\${var.name}/role/\${role}"), description = role == "${SIGNED_IN_ROLE}" ? "May sign in to \${var.name}" : "Has the role \\"\${role}\\" in \${var.name}" }
  }}`,
  // Like stacks/identity/entra/role-assignments.ts.
  assigned: `\${[
    for role, who in merge(var.assignments, { for who in ${SIGNED_IN} : "${SIGNED_IN_ROLE}" => who }) : merge(
      { for id in who.groups : "\${role}: group \${id}" => { role = role, principal = id } },
      { for id in who.users : "\${role}: user \${id}" => { role = role, principal = id } },
    )
  ]}`,
  assignments: "${merge(local.assigned...)}",
};

export function entraModule(config: Config, client: ManagedClient): IdentityModule {
  const { id } = client;
  const { app, tenants = [] } = config.identityProviders[id]!;
  const { template, replaced } = templateOfPart({ ...gatewayPart(config), app: app! }, ENTRA_OPTIONS, placeOf);
  const stack = runStack(
    (root) =>
      new EntraStack(root, client.name, {
        ...gatewayProps(template, config),
        provider: id,
        roles: rolesOf(config.policy),
        tenants,
        app: template.app,
      }),
  );
  const computed = entraVariables(config, app!);
  const home = homeTenantOf({ app: app!, tenants });
  const json = withComputed(moduleJson(stack, replaced, computed), app!);
  const checked = home === undefined ? json : withTenantCheck(json, home);
  return {
    client,
    json: {
      ...checked,
      variable: withScopeCheck(checked.variable),
      output: { ...checked.output, ...outputs(checked, config, app!, id) },
    },
    replaced,
    computed,
    topics: TOPICS,
    home,
    about: `The gateway's app in Microsoft Entra: its registration, an app role for each role of the policy, who has which role, and how
the gateway authenticates. ${home === undefined ? "The app is in the tenant of the provider." : `The app is in the tenant \`${home}\`, which the provider must be for.`}`,
  };
}

function placeOf(keys: readonly string[]): string[] | undefined {
  return keys[0] === "app" ? keys.slice(1).map(snakeCase) : undefined;
}

/** Expressions for values that the stack computes from lists and maps. */
function withComputed(json: ModuleJson, { credential }: EntraApp): ModuleJson {
  const withLocals = { ...json, locals: { ...json.locals, ...LOCALS } };
  const withOwners = withForEach(withLocals, "azuread_application_owner", "application_owner", "toset(var.owners)");
  const withRoles = withForEach(withOwners, "azuread_application_app_role", "role", "local.app_roles");
  const all = withForEach(withRoles, "azuread_app_role_assignment", "assignment", "local.assignments");
  return credential.type === "certificate" ? withCertificates(all) : all;
}

/** Line breaks around a certificate and between its lines change no plan. */
function withCertificates(json: ModuleJson): ModuleJson {
  return withResource(json, "azuread_application_certificate", "certificate", (body) => ({
    ...body,
    for_each: "${var.certificates}",
    value: '${trimspace(replace(each.value.pem, "\\r\\n", "\\n"))}\n',
  }));
}

/** The provider is the caller's. In another tenant, the app would let nobody in. */
function withTenantCheck(json: ModuleJson, home: string): ModuleJson {
  const precondition = [
    {
      condition: `\${data.azuread_client_config.here.tenant_id == "${home}"}`,
      error_message: `The azuread provider of this module must be for the tenant whose people the gateway lets in: write tenant_id = "${home}".`,
    },
  ];
  const withData = { ...json, data: { ...json.data, azuread_client_config: { here: {} } } };
  return withResource(withData, "azuread_application_registration", "application", (body) => ({
    ...body,
    lifecycle: { precondition },
  }));
}

function withScopeCheck(variable: ModuleJson["variable"]): ModuleJson["variable"] {
  const scope = variable["api_scope"] as { validation?: object[] };
  return { ...variable, api_scope: { ...scope, validation: [...(scope.validation ?? []), scopeIsNoRole()] } };
}

function outputs({ output }: ModuleJson, config: Config, { credential }: EntraApp, id: string): ModuleJson["output"] {
  const { value: clientId } = output["client_id"] as { value: string };
  const secretName = clientSecretName({ ...config, name: "${var.name}" }, id);
  const described = (name: string, description: string) => ({ [name]: { ...output[name], description } });
  return {
    ...described("application_object_id", "The app registration"),
    ...described("redirect_uris", "Where Entra may send people"),
    client_id: { description: `The gateway's \`identity_providers.${id}.client_id\``, value: clientId },
    ...(credential.type === "password" && {
      client_secret_name: { description: "Where the gateway reads the password", value: secretName },
      client_secret_command: {
        description: "Adds a password to the app and stores it for the gateway; it is never on the screen or in a file",
        value: `az ad app credential reset --id ${clientId} --append --years 1 --query password --output tsv | ${storeSecret(secretName)}`,
      },
    }),
  };
}
