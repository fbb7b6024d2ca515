/** From a pull request to the apply, and a night with drift: the pipelines of `edgegate init --ci github`. */
import type { Config } from "../../config/schema";
import { planPolicies } from "../../stacks/deploy-permissions";
import type { AwsAccount } from "../support/aws-account";
import type { Deployment } from "../support/deployment";
import { notAllowed, typesOf } from "../support/iam-policies";
import { placesOf } from "../support/secret-search";
import type { startSteps } from "../support/steps";
import type { AppliedGateway } from "./applied-gateway";
import { findTool } from "../support/tools";
import { openPipeline, PASSPHRASE, ROLES, STATE, type Pipeline } from "./pipeline";

interface Deployed {
  name: string;
  config: Config;
  account: AwsAccount;
  deployment: Deployment;
  gateway: AppliedGateway;
  /** For what the pipelines leave. */
  folder: string;
}

/** @param subject.changed the text of a config that changes something in place */
export function pipelineSteps(
  step: ReturnType<typeof startSteps>,
  subject: { gateway: () => Deployed; changed: () => string; secrets: Set<string> },
): void {
  const missing = (["gpg", "jq"] as const).filter((tool) => findTool(tool) === undefined);
  if (missing.length > 0 && !process.env["CI"]) {
    process.stderr.write(`skipped: the pipelines: not installed: ${missing.join(", ")}: apt-get install gnupg jq\n`);
    return;
  }
  let pipeline: Pipeline;

  step("pipelines: a pull request is planned and reviewed, and changes nothing", async () => {
    const { account, deployment, name, folder } = subject.gateway();
    const inventory = await account.inventory();
    pipeline = await openPipeline(deployment, account, { name, folder });
    const state = await pipeline.state();
    // Only here does the state have to be where every machine finds it.
    const text = subject.changed().replace("...example,", `...example, state: ${JSON.stringify(STATE)},`);
    pipeline.push("gateway.ts", text);
    const { results, output } = await pipeline.run("gateway", "pull_request");
    expect({ results, output }).toEqual({
      results: { check: "success", plan: "success", review: "success", comment: "success", apply: "skipped" },
      output: expect.stringMatching(/0 to add, [1-9] to change, 0 to destroy/),
    });
    await pipeline.run("gateway", "pull_request", ["comment"]);
    expect(pipeline.github().comments).toEqual([
      expect.objectContaining({ body: expect.stringMatching(/^<!-- edgegate review -->\n\n./) }),
    ]);
    expect(await pipeline.state()).toBe(state);
    expect(await account.inventory()).toEqual(inventory);
    expect(await account.calls(ROLES.deploy)).toEqual([]);
  });

  step(
    "pipelines: the planning role may do what a plan does, but for reading a secret that Terraform stores",
    async () => {
      const { account, deployment, config } = subject.gateway();
      const policies = planPolicies({ ...config, state: STATE }, typesOf(deployment.synthesized()));
      const calls = await account.calls(ROLES.plan);
      expect(calls.length).toBeGreaterThan(30);
      expect(notAllowed(policies, calls)).toEqual(["secretsmanager:GetSecretValue", "sts:GetCallerIdentity"]);
    },
  );

  step("pipelines: main's plan waits for an environment that asks somebody", async () => {
    const { account } = subject.gateway();
    const { results, output } = await pipeline.run("gateway", "push");
    expect(results).toMatchObject({ plan: "success", review: "success", comment: "skipped", apply: "failure" });
    expect(output).toContain('The environment "production" has no required reviewers');
    expect(await account.calls(ROLES.deploy)).toEqual([]);
  });

  step("pipelines: once approved, the saved plan is applied, and only once", async () => {
    pipeline.protect(["required_reviewers"]);
    expect((await pipeline.run("gateway", "push", ["apply"])).results["apply"]).toBe("success");
    const again = await pipeline.run("gateway", "push", ["apply"]);
    expect(again.results["apply"]).toBe("failure");
    expect(again.output).toContain("Saved plan is stale");
  });

  step("pipelines: the nightly check finds what somebody changed, and then that nothing is left to do", async () => {
    const { deployment, gateway } = subject.gateway();
    const { revocation_queue_url: queue } = await deployment.outputs();
    const drift = async () => {
      expect((await pipeline.run("gateway-drift", "schedule")).results).toEqual({
        check: "success",
        plan: "success",
        issue: "success",
      });
      return pipeline.github().issues;
    };
    const retention = await gateway.retain(String(queue), "600");
    expect(await drift()).toEqual([
      expect.objectContaining({
        state: "open",
        body: expect.stringContaining("update  aws_sqs_queue.revoker_queue_revocations"),
      }),
    ]);
    await gateway.retain(String(queue), retention);
    expect(await drift()).toEqual([expect.objectContaining({ state: "closed" })]);
  });

  step("pipelines: no job leaves a secret, and GitHub keeps plans only encrypted", async () => {
    expect(placesOf([...subject.secrets, PASSPHRASE], pipeline.traces())).toEqual([]);
    const plans = Object.entries(pipeline.artifacts()).filter(([file]) => /plan/.test(file));
    expect(plans.map(([file]) => file)).toEqual([expect.stringMatching(/plan\.tgz\.gpg$/)]);
    // A message that is encrypted with a passphrase begins so: https://www.rfc-editor.org/rfc/rfc9580#section-5.3
    expect([0x8c, 0xc3]).toContain(plans[0]![1][0]);
    await pipeline.close();
  });
}
