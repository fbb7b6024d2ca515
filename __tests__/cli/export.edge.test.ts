/** `edgegate export`, and what `edgegate dev --module` refuses. */
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
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

test("says what to write in the place of a client that Terraform makes", async () => {
  const { code, stderr } = await edgegate([
    "export",
    join(folder, "other"),
    "--config",
    "examples/identity-providers.ts",
  ]);
  expect(code).toBe(2);
  expect(stderr).toMatch(/identityProviders\.\w+\.(app|pool) is a stack of its own/);
  expect(stderr).toMatch(/write clientId (and issuer )?in place of (app|pool)/);
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
