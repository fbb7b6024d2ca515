/** `edgegate export`, and what `edgegate dev --module` refuses. */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { edgegate } from "../support/cli";

let folder: string;
beforeAll(() => void (folder = mkdtempSync(join(tmpdir(), "edgegate-export-"))));
afterAll(() => rmSync(folder, { recursive: true }));

test("writes a module, and says how to go on", async () => {
  const { code, stdout, stderr } = await edgegate(["export", join(folder, "module")]);
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  expect(stdout).toContain('Exported the gateway "handbook" as a Terraform module');
  expect(stdout).toContain("examples/gateway calls the module");
  expect(readdirSync(join(folder, "module"))).toEqual(expect.arrayContaining(["README.md", "gate.tf", "policy.tf"]));
});

test("leaves a folder with other files alone", async () => {
  const { code, stderr } = await edgegate(["export", folder]);
  expect(code).toBe(2);
  expect(stderr).toMatch(
    /has files, but no module that edgegate export wrote\nname another folder, or empty this one\n$/,
  );
});

test("writes modules for the clients that Terraform makes, beside the gateway's, and lists them in its checksums", async () => {
  const other = join(folder, "other");
  const { code, stderr } = await edgegate(["export", other, "--config", "examples/identity-providers.ts"]);
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  expect(readdirSync(join(other, "modules"))).toEqual(["cognito-pool", "entra-app"]);
  const checksums = readFileSync(join(other, "SHA256SUMS"), "utf8");
  expect(checksums).toContain("  modules/cognito-pool/pool.tf\n");
  expect(checksums).toContain("  modules/entra-app/tests/entra-app.tftest.hcl\n");
  expect(JSON.parse(readFileSync(join(other, "sbom.cdx.json"), "utf8"))).toMatchObject({
    components: expect.arrayContaining([expect.objectContaining({ name: "entra-app" })]) as object[],
  });
  const example = readFileSync(join(other, "examples/gateway/main.tf"), "utf8");
  expect(example).toContain("client_id = module.entra_app.client_id");
  expect(example).toMatch(/issuer += module\.cognito_pool\.issuer/);
});

test.each([
  ["a server of one's own", ["--origin", "default=http://localhost:3000"], "--origin does not go with --module"],
  [
    "another provider",
    ["--issuer", "https://id.example.com", "--client-id", "x"],
    "--issuer does not go with --module",
  ],
  ["a folder without a module", [], "has no module that edgegate export wrote"],
])("dev --module refuses %s", async (_, args, message) => {
  const { code, stderr } = await edgegate(["dev", "--module", folder, ...args]);
  expect(code).not.toBe(0);
  expect(stderr).toContain(message);
});
