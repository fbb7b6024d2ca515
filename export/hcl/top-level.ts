/** The blocks of a configuration other than resources. */
import { blocksOf } from "./blocks";
import { bodyOf } from "./body";
import { HclError } from "./error";
import { argument, block, type Argument, type Block, type Item } from "./layout";
import { isObject, labelled, listOf, reference, references, type JsonObject } from "./json";
import { conditions } from "./resource";
import { typeConstraint } from "./type-constraint";
import { expressionOf } from "./value";

/** A block, and the address that determines its file. */
export interface Entry {
  address: string;
  block: Block;
}

/** The form of an argument. */
type Print = (value: unknown, place: string) => Item | Item[];
type Form = Record<string, (name: string) => Print>;

/** Arguments that may contain references. */
const expression = (name: string) => (value: unknown, place: string) => argument(name, expressionOf(value, { place }));
/** Arguments that Terraform reads before it knows any value, so their strings are not templates. */
const plain = (name: string) => (value: unknown, place: string) =>
  argument(name, expressionOf(value, { place, templates: false }));
const bare = (name: string) => (value: unknown, place: string) => argument(name, reference(value, place));
const bareList = (name: string) => (value: unknown, place: string) =>
  argument(name, `[${references(value, place).join(", ")}]`);
const checks = (name: string) => (value: unknown, place: string) => conditions(name, value, place);

const VARIABLE: Form = {
  description: plain,
  type: (name) => (value, place) => argument(name, typeConstraint(String(value), place)),
  default: plain,
  nullable: plain,
  sensitive: plain,
  ephemeral: plain,
  validation: checks,
};
const OUTPUT: Form = {
  description: plain,
  value: expression,
  sensitive: plain,
  ephemeral: plain,
  depends_on: bareList,
  precondition: checks,
};
const MOVED: Form = { from: bare, to: bare };
const IMPORT: Form = { to: bare, for_each: expression, id: expression, provider: bare };
const TERRAFORM: Form = { required_version: plain, required_providers: providersBlock };
/** The state's place and the runner of Terraform belong to the user, not to the configuration. */
const LEFT_OUT = ["backend", "cloud"];

/** Null counts as absent, except for a default. */
function printed(body: unknown, form: Form, place: string): Item[] {
  if (!isObject(body)) throw new HclError(place, `this is a block; write an object, not ${JSON.stringify(body)}`);
  for (const name of Object.keys(body))
    if (!(name in form) && name !== "//") throw new HclError(`${place}.${name}`, "this argument cannot be printed");
  return Object.entries(form)
    .filter(([name]) => name in body && (body[name] !== null || name === "default"))
    .flatMap(([name, print]) => print(name)(body[name], `${place}.${name}`));
}

export function variables(value: unknown): Entry[] {
  return labelled(value, "variable").map(([name, body]) => ({
    address: `var.${name}`,
    block: block(`variable "${name}"`, printed(body, VARIABLE, `variable.${name}`)),
  }));
}

export function outputs(value: unknown): Entry[] {
  return labelled(value, "output").map(([name, body]) => ({
    address: `output.${name}`,
    block: block(`output "${name}"`, printed(body, OUTPUT, `output.${name}`)),
  }));
}

export function locals(value: unknown): { address: string; argument: Argument }[] {
  return labelled(value, "locals").map(([name, local]) => ({
    address: `local.${name}`,
    argument: argument(name, expressionOf(local, { place: `locals.${name}` })),
  }));
}

/** Blocks about the ownership of resources. They have no name, so all are in the file for `moved` or `import`. */
export function moves(kind: "moved" | "import", value: unknown): Entry[] {
  const form = kind === "moved" ? MOVED : IMPORT;
  return listOf(value, kind).map((body) => ({ address: kind, block: block(kind, printed(body, form, kind)) }));
}

export function providers(value: unknown): Entry[] {
  return labelled(value, "provider").flatMap(([name, bodies]) =>
    listOf(bodies, `provider.${name}`).map(({ alias, ...body }) => {
      const place = `provider.${name}`;
      const address = alias === undefined ? place : `${place}.${String(alias)}`;
      const items = bodyOf(body, "", { place, blocks: blocksOf(`provider ${name}`, place) });
      const named = alias === undefined ? items : [plain("alias")(alias, `${place}.alias`), ...items];
      return { address, block: block(`provider "${name}"`, named) };
    }),
  );
}

export function settings(value: unknown): Entry[] {
  const body: JsonObject = {};
  for (const each of listOf(value, "terraform")) Object.assign(body, each);
  for (const name of LEFT_OUT) delete body[name];
  const items = printed(body, TERRAFORM, "terraform");
  return items.length === 0 ? [] : [{ address: "terraform", block: block("terraform", items) }];
}

function providersBlock(name: string): Print {
  return (value, place) => {
    const wanted = labelled(value, place).map(([provider, version]) => {
      if (!isObject(version)) return plain(provider)(version, `${place}.${provider}`);
      const { configuration_aliases: aliases, ...others } = version;
      if (aliases === undefined) return plain(provider)(others, `${place}.${provider}`);
      throw new HclError(`${place}.${provider}.configuration_aliases`, "aliases of providers are not printed");
    });
    return block(name, wanted);
  };
}
