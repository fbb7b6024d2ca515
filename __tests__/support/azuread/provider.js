/**
 * The azuread provider without a tenant: it serves the real provider's schema to Terraform, and makes up what only
 * Microsoft Graph knows. Plain JavaScript, for a process of its own: tests wait for Terraform synchronously.
 *
 * It prints what TF_REATTACH_PROVIDERS must be, and runs until it is killed
 * (https://developer.hashicorp.com/terraform/plugin/debugging#running-terraform-with-a-provider-in-debug-mode).
 */
const { createHash, randomUUID } = require("node:crypto");
const { readFileSync } = require("node:fs");
const { join } = require("node:path");
const { Server, ServerCredentials } = require("@grpc/grpc-js");
const { loadSync } = require("@grpc/proto-loader");
const { decode, encode, ExtData } = require("@msgpack/msgpack");

const NAME = "registry.terraform.io/hashicorp/azuread";
const [, , secret] = process.argv;
const { provider, resource_schemas, data_source_schemas } = JSON.parse(
  readFileSync(join(__dirname, "schema-3.7.0.json"), "utf8"),
).provider_schemas[NAME];

/** Arguments that Graph cannot change, as the provider's documentation says; `application_id` nowhere. */
const REPLACED_WITH = {
  azuread_app_role_assignment: ["app_role_id", "principal_object_id", "resource_object_id"],
  azuread_application_app_role: ["role_id"],
  azuread_application_certificate: ["encoding", "end_date", "key_id", "start_date", "type", "value"],
  azuread_application_federated_identity_credential: ["display_name"],
  azuread_application_identifier_uri: ["identifier_uri"],
  azuread_application_owner: ["owner_object_id"],
  azuread_application_permission_scope: ["scope_id"],
  azuread_application_redirect_uris: ["type"],
  azuread_service_principal: ["client_id"],
  azuread_service_principal_delegated_permission_grant: [
    "resource_service_principal_object_id",
    "service_principal_object_id",
  ],
};

const UUID = "[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}";
/** What the real provider checks beyond the schema: mixing up the app's three IDs is the likeliest mistake. */
const FORMS = {
  application_id: new RegExp(`^/applications/${UUID}$`),
  ...Object.fromEntries(
    [
      ...["app_role_id", "client_id", "owner_object_id", "principal_object_id", "resource_object_id", "role_id"],
      ...["resource_service_principal_object_id", "scope_id", "service_principal_object_id", "tenant_id"],
    ].map((name) => [name, new RegExp(`^${UUID}$`)]),
  ),
};

const UNKNOWN = new ExtData(0, new Uint8Array(1));
const isUnknown = (value) => value instanceof ExtData;
// Terraform sends MessagePack; the states that it has stored come as JSON.
const read = (value) => (value?.msgpack.length ? decode(value.msgpack) : null);
const write = (value) => ({ msgpack: Buffer.from(encode(value)) });

/** Numbers of the nesting modes: https://developer.hashicorp.com/terraform/plugin/terraform-plugin-protocol */
const NESTING = { single: 1, list: 2, set: 3 };

function schemaMessage({ version = 0, block }) {
  return { version, block: blockMessage(block) };
}

function blockMessage({ attributes = {}, block_types = {} }) {
  return {
    attributes: Object.entries(attributes).map(([name, attribute]) => ({
      ...attribute,
      name,
      type: Buffer.from(JSON.stringify(attribute.type)),
    })),
    block_types: Object.entries(block_types).map(([type_name, { nesting_mode, block, min_items, max_items }]) => ({
      type_name,
      block: blockMessage(block),
      nesting: NESTING[nesting_mode],
      min_items,
      max_items,
    })),
  };
}

const mapValues = (object, map) => Object.fromEntries(Object.entries(object).map(([key, value]) => [key, map(value)]));

/** The value with each attribute of its block, and of the blocks in it, changed by `change`. */
function mapAttributes(block, value, change) {
  if (value === null || isUnknown(value)) return value;
  const inBlock = (name, inner) => mapAttributes(block.block_types[name].block, inner, change);
  return Object.fromEntries(
    Object.entries(value).map(([name, each]) => {
      const attribute = block.attributes?.[name];
      if (attribute) return [name, change(each, attribute, name)];
      return [name, Array.isArray(each) ? each.map((inner) => inBlock(name, inner)) : inBlock(name, each)];
    }),
  );
}

function problems(block, config) {
  const found = [];
  mapAttributes(block, config, (value, _attribute, name) => {
    if (typeof value === "string" && FORMS[name]?.test(value) === false)
      found.push({
        severity: 1,
        summary: `${name} has the wrong form: ${value}`,
        attribute: { steps: [{ attribute_name: name }] },
      });
    return value;
  });
  return { diagnostics: found };
}

/** A value that an apply makes known. */
function madeUp(type, { attribute, name, typeName, uuid }) {
  if (attribute.sensitive) return secret;
  if (type === "string")
    return name === "id" && typeName === "azuread_application_registration" ? `/applications/${uuid()}` : uuid();
  if (type === "bool") return false;
  if (type === "number") return 0;
  return type[0] === "map" ? {} : [];
}

function fill(block, value, typeName, uuid) {
  return mapAttributes(block, value, (each, attribute, name) =>
    isUnknown(each) ? madeUp(attribute.type, { attribute, name, typeName, uuid }) : each,
  );
}

const unknownWhereComputed = (block, value) =>
  mapAttributes(block, value, (each, { computed }) => (each === null && computed ? UNKNOWN : each));

/** The same object for the same arguments: data sources are read again with every plan. */
function sameUuid(text) {
  return createHash("sha256")
    .update(text)
    .digest("hex")
    .replace(/^(.{8})(.{4})(.{4})(.{4})(.{12}).*$/, "$1-$2-$3-$4-$5");
}

/** As whoever configured the provider says. */
let tenantId;

const CALLS = {
  GetSchema: () => ({
    provider: schemaMessage(provider),
    resource_schemas: mapValues(resource_schemas, schemaMessage),
    data_source_schemas: mapValues(data_source_schemas, schemaMessage),
  }),
  PrepareProviderConfig: ({ config }) => ({ prepared_config: config }),
  Configure({ config }) {
    tenantId = read(config).tenant_id ?? undefined;
    return problems(provider.block, read(config));
  },
  ValidateResourceTypeConfig: ({ type_name, config }) => problems(resource_schemas[type_name].block, read(config)),
  ValidateDataSourceConfig: ({ type_name, config }) => problems(data_source_schemas[type_name].block, read(config)),
  UpgradeResourceState: ({ raw_state }) => ({ upgraded_state: { json: raw_state.json } }),
  ReadResource: ({ current_state }) => ({ new_state: current_state }),
  PlanResourceChange({ type_name, prior_state, proposed_new_state }) {
    const prior = read(prior_state);
    const proposed = read(proposed_new_state);
    if (proposed === null) return { planned_state: proposed_new_state };
    const replaced = (REPLACED_WITH[type_name] ?? [])
      .concat("application_id")
      .filter((name) => prior && name in prior && JSON.stringify(prior[name]) !== JSON.stringify(proposed[name]));
    return {
      planned_state: write(unknownWhereComputed(resource_schemas[type_name].block, proposed)),
      requires_replace: replaced.map((name) => ({ steps: [{ attribute_name: name }] })),
    };
  },
  ApplyResourceChange: ({ type_name, planned_state }) => ({
    new_state: write(fill(resource_schemas[type_name].block, read(planned_state), type_name, randomUUID)),
  }),
  ReadDataSource({ type_name, config }) {
    const { block } = data_source_schemas[type_name];
    const value = read(config);
    const uuid = () => sameUuid(type_name + JSON.stringify(value));
    const state = fill(block, unknownWhereComputed(block, value), type_name, uuid);
    const isOfTenant = type_name === "azuread_client_config" && tenantId;
    return { state: write(isOfTenant ? { ...state, tenant_id: tenantId } : state) };
  },
  Stop: () => ({}),
};

const definitions = loadSync(join(__dirname, "tfplugin5.proto"), { keepCase: true });
const server = new Server({ "grpc.max_receive_message_length": -1 });
server.addService(
  definitions["tfplugin5.Provider"],
  mapValues(CALLS, (call) => ({ request }, answer) => {
    try {
      answer(null, call(request));
    } catch (error) {
      answer({ code: 13, details: error.stack });
    }
  }),
);
server.bindAsync("127.0.0.1:0", ServerCredentials.createInsecure(), (error, port) => {
  if (error) throw error;
  const Addr = { Network: "tcp", String: `127.0.0.1:${port}` };
  const reattach = { Protocol: "grpc", ProtocolVersion: 5, Pid: process.pid, Test: true, Addr };
  process.stdout.write(`${JSON.stringify({ [NAME]: reattach })}\n`);
});
