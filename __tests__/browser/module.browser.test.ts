/** A module in plain HCL on this machine: what Terraform plans of it signs people in as the stack does. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Browser } from "playwright-core";
import { parseConfig } from "../../config/load";
import { moduleFiles } from "../../export/files";
import { writeModule } from "../../export/write";
import type { LocalEdge } from "../../local/local-edge";
import { writeWithModule } from "../../local/module-stack";
import { beforeAllStart, newVisitor, signInAs } from "../support/browser";
import { TEST_CONFIG } from "../support/local-edge";
import { cliConfig, terraformEnvironment } from "../support/terraform";
import { describeWith } from "../support/tools";

const CONFIG = parseConfig({
  ...TEST_CONFIG,
  hostedZoneId: "Z0123456789ABCDEFGHIJ",
  alternateDomains: ["docs.example.com"],
  waf: false,
});

describeWith("terraform", "an exported module on this machine", (terraform) =>
  describeWith("chromium", "with a browser", (chromium) => {
    const folder = mkdtempSync(join(tmpdir(), "edgegate-module-"));
    afterAll(() => rmSync(folder, { recursive: true }));
    let edge: LocalEdge;
    let browser: Browser;
    const module = join(folder, "gateway");
    writeModule(module, moduleFiles(CONFIG));
    writeFileSync(join(folder, "cli.tfrc"), terraform === "" ? "" : cliConfig());
    const env = { ...process.env, ...terraformEnvironment(join(folder, "cli.tfrc"), {}) };
    const write = writeWithModule(module, CONFIG, terraform, env);

    beforeAllStart(chromium, (...started) => ([edge, browser] = started), { config: CONFIG, write });

    test("signs people in, and lets them through by the policy that Terraform compiled", async () => {
      const { page } = await newVisitor(browser);
      await page.goto(`${edge.url}/admin/reports?month=5`);
      await signInAs(page, "admin");
      expect(page.url()).toBe(`${edge.url}/admin/reports?month=5`);
      expect((await page.goto(`${edge.url}/staff`))!.status()).toBe(200);
    });

    test("denies whoever has no role", async () => {
      const { page } = await newVisitor(browser);
      await page.goto(`${edge.url}/`);
      await signInAs(page, "guest");
      expect((await page.goto(`${edge.url}/admin`))!.status()).toBe(403);
      expect((await page.goto(`${edge.urls[1]}/public/`))!.status()).toBe(200);
    });

    test("refuses the folder of another config, and files that somebody changed", () => {
      const other = parseConfig({ ...TEST_CONFIG, hostedZoneId: "Z0OTHER", waf: false });
      expect(() => writeWithModule(module, other, terraform)).toThrow("another config or version");
      const file = join(module, "policy-source.tf");
      writeFileSync(file, readFileSync(file, "utf8").replace("local.policy_function", '"(){}"'));
      expect(() => writeWithModule(module, CONFIG, terraform)).toThrow("files that were changed");
      expect(() => writeWithModule(folder, CONFIG, terraform)).toThrow("no module");
    });
  }),
);
