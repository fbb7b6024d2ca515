import { readFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { CONDITION_NAMES } from "../../config/conditions";
import { parseConfig } from "../../config/load";
import { attachedSchema, configSchema } from "../../config/schema";
import minimal from "../../examples/minimal";

const PAGE = readFileSync(join(__dirname, "../../docs/configuration.md"), "utf8");
/** Setting to what its row says of the default. */
const ROWS = new Map([...PAGE.matchAll(/^\| `([^`]+)` \|.*\| (.+) \|$/gm)].map(([, key, value]) => [key!, value!]));
const SCHEMAS = [configSchema, attachedSchema].map(
  (schema) => z.toJSONSchema(schema, { io: "input", unrepresentable: "any" }) as Schema,
);
/** Read by the form that they have, of which the JSON schema says nothing. */
const CONDITIONS = ["require", ...CONDITION_NAMES].map((name): Setting => ({
  key: `policy[].allow.${name}`,
  value: undefined,
}));
/** Those that only an existing distribution has come last. */
const SETTINGS = [...SCHEMAS.flatMap((schema) => settingsOf(schema)), ...CONDITIONS].filter(
  ({ key }, i, all) => all.findIndex((other) => other.key === key) === i,
);

test("names every setting, and none that does not exist", () => {
  expect([...ROWS.keys()].sort()).toEqual(SETTINGS.map(({ key }) => key).sort());
});

test.each(SETTINGS.filter(({ value }) => value !== undefined))("says the default of $key", ({ key, value }) => {
  expect(ROWS.get(key)).toBe(`\`${JSON.stringify(value)}\``);
});

const { absolute, idle, token } = parseConfig(minimal).session;
test.each(Object.entries({ absolute, idle, token }))("says the default of session.%s", (name, seconds) => {
  expect(ROWS.get(`session.${name}`)).toBe(`\`"${seconds % 3600 === 0 ? `${seconds / 3600}h` : `${seconds / 60}m`}"\``);
});

interface Schema {
  properties?: Record<string, Schema>;
  additionalProperties?: Schema | boolean;
  items?: Schema;
  anyOf?: Schema[];
  oneOf?: Schema[];
  default?: unknown;
}

interface Setting {
  key: string;
  /** Its default; undefined where it has none. */
  value: unknown;
}

/** Settings by their place: `a.b` of an object, `a[].b` of a list, `a.<id>.b` of a map. */
function settingsOf(schema: Schema, prefix = ""): Setting[] {
  const variants = [...(schema.anyOf ?? []), ...(schema.oneOf ?? [])].flatMap((variant) => settingsOf(variant, prefix));
  const items = schema.items ? settingsOf(schema.items, `${prefix}[]`) : [];
  const entries =
    typeof schema.additionalProperties === "object" ? settingsOf(schema.additionalProperties, `${prefix}.<id>`) : [];
  const properties = Object.entries(schema.properties ?? {}).flatMap(([name, property]) => {
    const key = prefix === "" ? name : `${prefix}.${name}`;
    return [{ key, value: property.default }, ...settingsOf(property, key)];
  });
  const all = [...properties, ...variants, ...items, ...entries];
  return all.filter(({ key }, i) => all.findIndex((other) => other.key === key) === i && !isExplainedElsewhere(key));
}

/**
 * The parts of a behavior's origin, and of a second origin, are those of `origin`; groups are told by their parts; what Terraform makes at an
 * identity provider has a page of its own, with a test of its own.
 */
function isExplainedElsewhere(key: string): boolean {
  return (
    /^(behaviors\[\]\.origin|origin\.failover\.to|identityProviders\.<id>\.(app|pool))[.[]/.test(key) ||
    ["session", "theme", "waf", "state", "iam"].includes(key)
  );
}
