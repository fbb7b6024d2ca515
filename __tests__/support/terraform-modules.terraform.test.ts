/** Several stacks in one plan: a wrong one says so, and keeps no other from being planned. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describeWithTerraform } from "./terraform";

describeWithTerraform("of stacks that are planned together", (_open, planTogether) => {
  const folder = mkdtempSync(join(tmpdir(), "edgegate-together-"));
  afterAll(() => rmSync(folder, { recursive: true }));

  function stackOf(name: string, queue: object): string {
    const stackDir = join(folder, name);
    mkdirSync(join(stackDir, "assets"), { recursive: true });
    const stack = {
      terraform: { required_providers: { aws: { source: "hashicorp/aws" } } },
      provider: { aws: [{ region: "us-east-1" }] },
      resource: { aws_sqs_queue: { queue } },
    };
    writeFileSync(join(stackDir, "cdk.tf.json"), JSON.stringify(stack));
    return stackDir;
  }

  test("only the wrong ones fail, whether Terraform cannot read them or the provider refuses them", () => {
    const right = { problems: [], changes: { create: ["aws_sqs_queue.queue"] } };
    const wrong = (summary: string) => ({ problems: [expect.stringContaining(summary) as string], changes: {} });
    expect(
      planTogether({
        first: stackOf("first", { name: "first" }),
        unreadable: stackOf("unreadable", { name: "${" }),
        refused: stackOf("refused", { name: "refused", nonsense: true }),
        last: stackOf("last", { name: "last" }),
      }),
    ).toEqual({
      first: right,
      unreadable: wrong("error: Missing expression"),
      refused: wrong("error: Extraneous JSON object property"),
      last: right,
    });
  });
});
