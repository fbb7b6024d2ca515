/** What does not fit AWS's limits fails when Terraform plans, and says what to do. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseConfig } from "../../config/load";
import type { ConfigInput } from "../../config/schema";
import { synthesize } from "../../stacks/synthesize";
import { EVERYTHING } from "../support/configs";
import { describeWithTerraform } from "../support/terraform";

describeWithTerraform("a plan beyond AWS's limits", (open) => {
  const outdir = mkdtempSync(join(tmpdir(), "edgegate-limits-"));
  afterAll(() => rmSync(outdir, { recursive: true }));

  const cases: [string, Partial<ConfigInput>, RegExp][] = [
    [
      "a policy that makes the gate larger than 10,240 bytes",
      {
        identityProviders: { main: { issuer: "https://login.example.com", clientId: "client" } },
        eventTransmitters: {},
        policy: Array.from({ length: 250 }, (_, i) => ({
          path: `/application-${i}/**`,
          allow: { roles: [`role-of-application-${i}`] },
        })),
        behaviors: [],
      },
      /larger than the 10240 bytes that CloudFront takes[^]*Merge rules/,
    ],
    [
      "settings larger than the 4,096 bytes of a parameter",
      {
        eventTransmitters: {},
        policy: [{ path: "/**", allow: "signed-in" }],
        identityProviders: Object.fromEntries(
          Array.from({ length: 20 }, (_, i) => [
            `provider-${i}`,
            { issuer: `https://login-${i}.example.com/${"tenant".repeat(10)}`, clientId: `client-${i}` },
          ]),
        ),
      },
      /larger than the 4096 bytes of an SSM parameter[^]*fewer "identityProviders"/,
    ],
  ];

  test.each(cases)("%s fails with advice", (name, more, message) => {
    const { stackDir } = synthesize(parseConfig({ ...EVERYTHING, signInHook: undefined, ...more }), {
      outdir: join(outdir, name),
    });
    const plan = open(stackDir).run(["plan", "-input=false", "-no-color"]);
    expect(plan.status).toBe(1);
    // Terraform wraps lines.
    expect(plan.output.replace(/\s+/g, " ")).toMatch(message);
  });
});
