/** `--online` of `synth` and `dev`: a mistyped issuer is found before the deploy. */
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { LocalEdge } from "../../local/local-edge";
import { edgegate } from "../support/cli";
import { freePort } from "../support/free-port";
import { startTestEdge } from "../support/local-edge";
import { SMALL } from "../support/small-config";

let edge: LocalEdge;
let folder: string;

beforeAll(async () => {
  edge = await startTestEdge();
  folder = mkdtempSync(join(tmpdir(), "edgegate-test-"));
});
afterAll(async () => {
  await edge?.close();
  rmSync(folder, { recursive: true, force: true });
});

function run(command: string, issuers: Record<string, string>, args = ["--online"]) {
  const file = join(folder, "gateway.json");
  const { clientId } = SMALL.identityProviders.main;
  const roles = { grant: [] };
  const identityProviders = Object.fromEntries(
    Object.entries(issuers).map(([id, issuer]) => [id, { issuer, clientId, roles }]),
  );
  writeFileSync(file, JSON.stringify({ ...SMALL, policy: [{ path: "/**", allow: "signed-in" }], identityProviders }));
  const env = { NODE_EXTRA_CA_CERTS: edge.caFile, CDKTF_OUTDIR: join(folder, "cdktf.out") };
  return edgegate([command, "--config", file, ...args], { env });
}

test("an issuer that is right is said to answer", async () => {
  const { code, stdout, stderr } = await run("synth", { main: edge.issuer });
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  expect(stdout).toContain(`main: ${edge.issuer} answers\n`);
});

test.each(["synth", "dev"])(
  "%s names every wrong one, with what to write instead, and does nothing",
  async (command) => {
    rmSync(join(folder, "cdktf.out"), { recursive: true, force: true });
    const down = `https://localhost:${await freePort()}`;
    const { code, stdout, stderr } = await run(command, {
      realm: `${edge.issuer}/realms/typo`,
      slash: `${edge.issuer}/`,
      down,
    });
    expect([code, stdout]).toEqual([2, ""]);
    expect(stderr).toContain("gateway.json: 3 mistakes");
    expect(stderr).toMatch(
      /identityProviders\.realm +discovery: .*HTTP 404.*; write the issuer for which this address/,
    );
    expect(stderr).toMatch(new RegExp(`identityProviders\\.slash +issuer: .*; write issuer: "${edge.issuer}"`));
    expect(stderr).toMatch(
      /identityProviders\.down +discovery: .*it refuses connections; check the issuer in the config/,
    );
    expect(existsSync(join(folder, "cdktf.out"))).toBe(false);
  },
);

test("without it, nobody is asked", async () => {
  const { code } = await run("synth", { main: `${edge.issuer}/realms/typo` }, []);
  expect(code).toBe(0);
});
