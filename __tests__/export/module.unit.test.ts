import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { artifacts } from "../../build/artifacts";
import { parseConfig } from "../../config/load";
import { argumentsOf } from "../../export/arguments";
import { durationOf } from "../../export/duration";
import { fileOf, filesOf, moduleFiles } from "../../export/files";
import { moduleOf } from "../../export/module";
import { ruleArgument } from "../../export/policy-arguments";
import { archiveOf, checksumsOf, FolderInUse, writeModule } from "../../export/write";
import { EVERYTHING } from "../support/configs";
import { largePolicy } from "../support/large-policy";
import { ORIGINS } from "../support/origins";
import { SMALL } from "../support/small-config";

const SERVER = { origin: { type: "custom", domainName: "wiki-origin.example.com", open: true } };
const variablesOf = (more: object) => moduleOf(parseConfig({ ...SMALL, ...SERVER, ...more })).json.variable;

test("every resource, local and output of the config with everything has a file", () => {
  const { json } = moduleOf(parseConfig(EVERYTHING));
  const addresses = [
    ...Object.entries(json.resource).flatMap(([type, named]) => Object.keys(named).map((name) => `${type}.${name}`)),
    ...Object.keys(json.locals).map((name) => `local.${name}`),
    ...Object.keys(json.output).map((name) => `output.${name}`),
    ...Object.keys(json.variable).map((name) => `var.${name}`),
    "data.aws_region.here",
    "terraform",
  ];
  expect(addresses.length).toBeGreaterThan(150);
  expect(addresses.map(fileOf).filter((file) => !file.endsWith(".tf"))).toEqual([]);
  expect(() => fileOf("aws_sqs_queue.unheard_of")).toThrow("no file for aws_sqs_queue.unheard_of");
});

test.each([
  ["nothing more", {}, "gate.js"],
  ["functions of its own", { viewerRequest: EVERYTHING.viewerRequest }, "gate-with-functions.js"],
])("the module of a site with %s has the gate for each policy, and no other", (_, more, plain) => {
  const config = parseConfig({ ...SMALL, ...SERVER, ...more });
  const files = Object.keys(filesOf(moduleOf(config), config, artifacts()));
  const gates = files.flatMap((path) => /^bundles\/(gate.*)$/.exec(path)?.[1] ?? []);
  expect(gates).toContain(plain);
  // With conditions, on the time or not, on the authentication or not, on the visitor or not; each closed or not.
  expect(gates.filter((name) => name.includes("conditions"))).toHaveLength(16);
  expect(gates).toHaveLength(18);
  expect(gates.filter((name) => name.includes("functions") !== plain.includes("functions"))).toEqual([]);
  expect(files).toEqual(
    expect.arrayContaining(["auth", "key-rotator", "revoker"].map((name) => `bundles/${name}.zip`)),
  );
});

describe("a module refuses what depends on more than the policy:", () => {
  const refusalsOf = (more: object) => {
    const { gate } = moduleOf(parseConfig({ ...SMALL, ...SERVER, ...more })).json.resource["aws_cloudfront_function"]!;
    const { precondition } = gate!["lifecycle"] as unknown as { precondition: { condition: string }[] };
    return precondition.map(({ condition }) => condition).join("\n");
  };

  test("countries, where the exported config has none and the gate is not told", () => {
    expect(refusalsOf({})).toContain("geo=");
    const policy = [{ path: "/**", allow: { countries: ["DE"] } }];
    expect(refusalsOf({ origin: { type: "s3" }, policy })).not.toContain("geo=");
  });

  test("a rule that excludes a role which a provider may not grant", () => {
    expect(refusalsOf({})).not.toContain("not_roles");
    const main = { ...SMALL.identityProviders.main, roles: { grant: ["admin"] } };
    const policy = [{ path: "/**", allow: { roles: ["admin"] } }];
    expect(refusalsOf({ identityProviders: { main }, policy })).toContain(
      '{"main":["admin"]} : [for name in setsubtract(coalesce(each.set.not_roles, []), granted)',
    );
  });
});

test("anyone signed in is an alternative with a name: Terraform would take misspelled conditions for none", () => {
  expect(ruleArgument({ path: "/**", allow: [{}] })).toEqual({ path: "/**", conditions: [{ signed_in: true }] });
  const networks = ["192.0.2.0/24"];
  expect(ruleArgument({ path: "/**", allow: [{ public: true, networks }, {}] })).toEqual({
    path: "/**",
    conditions: [{ public: true, networks }, { signed_in: true }],
  });
});

test("what two gateways must not share has no default", () => {
  const variables = variablesOf({}) as Record<string, { default?: unknown; type: string }>;
  expect(Object.keys(variables).filter((name) => !("default" in variables[name]!))).toEqual([
    "name",
    "domain",
    "identity_providers",
    "origins",
  ]);
  expect(variablesOf({ alternateDomains: ["docs.example.com"] })["alternate_domains"]).not.toHaveProperty("default");
  expect(variables["identity_providers"]!.type).toBe(
    'object({ main = object({ issuer = optional(string, "https://login.example.com"), client_id = string }) })',
  );
});

test("what the config leaves out, the module leaves out", () => {
  expect(variablesOf({})).not.toHaveProperty("kms_key_arn");
  const key = "arn:aws:kms:us-east-1:111122223333:key/0a1b2c3d-0000-1111-2222-333344445555";
  expect(variablesOf({ kmsKeyArn: key })).toMatchObject({ kms_key_arn: { type: "string", default: key } });
});

test("servers that several behaviors share are one variable", () => {
  const behaviors = ["/api/*", "/v2/*"].map((path) => ({
    path,
    origin: { type: "custom", domainName: "api.example.com", open: true },
  }));
  expect(variablesOf({ behaviors })["origins"]).toMatchObject({
    type: "object({ default = object({ domain_name = string }), api = object({ domain_name = string }) })",
  });
});

test("the policy is a variable, but for one in the store: that is fixed, with its hosts", () => {
  const api = { path: "/api/*", origin: ORIGINS.open, api: true };
  const accessTokens = { main: { identityProvider: "main", audience: ["https://api.example.com"] } };
  const shapes = [{ origin: { type: "s3", spa: true, notFound: "/404.html" } }, { behaviors: [api], accessTokens }];
  for (const shape of shapes) expect(moduleOf(parseConfig({ ...SMALL, ...shape })).hasPolicy).toBe(true);

  const { rules, hosts } = largePolicy(300, 4);
  const [domain, ...alternateDomains] = hosts;
  const config = parseConfig({ ...SMALL, domain, alternateDomains, origin: ORIGINS["viewer's host"], policy: rules });
  const module = moduleOf(config);
  expect(module.hasPolicy).toBe(false);
  for (const name of ["domain", "alternate_domains", "policy", "requirements", "maintenance"]) {
    expect(module.json.variable).not.toHaveProperty(name);
    expect(argumentsOf(config, module)).not.toHaveProperty(name);
  }
  const files = moduleFiles(config);
  expect(files).not.toHaveProperty(["policy.tf"]);
  expect(files["gate.tf"]).toContain("publish-policy");
  expect(files["README.md"]).toContain("The policy is that of the config");
});

describe("the README says how the example gets the hashes of azuread", () => {
  const readme = (client: object) =>
    moduleFiles(
      parseConfig({
        ...SMALL,
        ...SERVER,
        identityProviders: { main: { clientAuthentication: "client_secret_basic", ...client } },
      }),
    )["README.md"]!.toString();
  test("for an app in Entra: for each platform, with the provider that the example requires", () => {
    const app = {
      profile: "entra",
      tenants: ["11111111-2222-4333-8444-555555555555"],
      app: { credential: { type: "password" } },
    };
    const [, command] = /```sh\n(terraform .*providers lock.*)\n```/.exec(readme(app))!;
    expect(command).toBe(
      "terraform -chdir=examples/gateway providers lock -platform=linux_amd64 -platform=linux_arm64 -platform=darwin_amd64 -platform=darwin_arm64 -platform=windows_amd64 hashicorp/azuread",
    );
  });

  test("and nothing where the example has no such provider", () => {
    expect(readme({ issuer: "https://login.example.com", clientId: "wiki" })).not.toContain("providers lock");
  });
});

test.each([
  [28_800, "8h"],
  [172_800, "2d"],
  [90, "90s"],
  [5_400, "90m"],
])("%i seconds are %s", (seconds, duration) => expect(durationOf(seconds)).toBe(duration));

describe("a module's folder", () => {
  const root = mkdtempSync(join(tmpdir(), "edgegate-export-"));
  afterAll(() => rmSync(root, { recursive: true }));
  const folder = join(root, "module");
  const there = (path: string) => existsSync(join(folder, path));

  test("gets the module that replaces another, and keeps what is not a module's", () => {
    writeModule(folder, { "gate.tf": "one", "old/page.md": "old" });
    mkdirSync(join(folder, "own"));
    writeFileSync(join(folder, "own/notes.md"), "mine");
    writeModule(folder, { "gate.tf": "two" });
    expect(readFileSync(join(folder, "gate.tf"), "utf8")).toBe("two");
    expect([there("old/page.md"), there("own/notes.md")]).toEqual([false, true]);
  });

  test("is not anybody's folder", () => {
    const foreign = join(root, "foreign");
    mkdirSync(foreign);
    writeFileSync(join(foreign, "main.tf"), "mine");
    expect(() => writeModule(foreign, { "main.tf": "ours" })).toThrow(FolderInUse);
    expect(readFileSync(join(foreign, "main.tf"), "utf8")).toBe("mine");
  });

  test("loses nothing outside, whatever its list says", () => {
    const outside = join(root, "outside.tf");
    writeFileSync(outside, "mine");
    const line = (path: string) => `${"0".repeat(64)}  ${path}\n`;
    writeFileSync(join(folder, "SHA256SUMS"), line("../outside.tf") + line(outside));
    writeModule(folder, { "gate.tf": "three" });
    expect(existsSync(outside)).toBe(true);
  });

  test("has checksums that tell a changed file, and an archive of the same bytes each time", () => {
    const list = readFileSync(join(folder, "SHA256SUMS"), "utf8");
    expect(checksumsOf(folder)).toBe(list);
    expect(Buffer.from(archiveOf(folder)).equals(Buffer.from(archiveOf(folder)))).toBe(true);
    writeFileSync(join(folder, "gate.tf"), "changed");
    expect(checksumsOf(folder)).not.toBe(list);
  });
});
