/**
 * What is synthesized depends on the sources and the config, not on the checkout: else every machine would plan
 * changes.
 */
import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { copyCheckout } from "../support/checkout";

const ROOT = join(__dirname, "../..");
const { app } = JSON.parse(readFileSync(join(ROOT, "cdktf.json"), "utf8")) as { app: string };
test("two checkouts in different folders synthesize the same bytes, zips included", () => {
  const folder = mkdtempSync(join(tmpdir(), "edgegate-checkouts-"));
  try {
    const [first, second] = ["a", "another folder/of another depth"].map((name) => synthesizeCopy(join(folder, name)));
    expect(Object.keys(first!).filter((name) => /\.(zip|js|json)$/.test(name))).toHaveLength(7);
    expect(second).toEqual(first);
    for (const [name, hex] of Object.entries(first!)) {
      expect([name, Buffer.from(hex, "hex").includes(folder)]).toEqual([name, false]);
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
});

function synthesizeCopy(checkout: string): Record<string, string> {
  copyCheckout(checkout);
  const env = { ...process.env, CDKTF_OUTDIR: "cdktf.out", EDGEGATE_CONFIG: "config/example.ts" };
  const { status, stderr } = spawnSync("sh", ["-c", app], { cwd: checkout, encoding: "utf8", env });
  expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
  return filesOf(join(checkout, "cdktf.out"));
}

/** Contents as hexadecimal, by path below the folder. */
function filesOf(folder: string): Record<string, string> {
  const names = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((name) =>
    statSync(join(folder, name)).isFile(),
  );
  return Object.fromEntries(names.sort().map((name) => [name, readFileSync(join(folder, name)).toString("hex")]));
}
