/** Commands before a deployment, and before a teardown. */
import { Option, type Command } from "commander";
import type { Region } from "../../costs/prices";
import { SEVERITIES } from "../../review/severity";
import { parseAmount, parseStoreArn, parseTrust } from "../arguments";
import { runner, type Print } from "./runners";

/** Repeated here like the engines of project.ts; a test compares them with costs/prices.ts. */
const REGION_NAMES: readonly Region[] = [
  "north-america",
  "europe",
  "middle-east-africa",
  "south-america",
  "japan",
  "australia",
  "asia",
  "india",
];

export function addDeployment(program: Command, print: Print): void {
  const run = runner(print);

  program.commandsGroup("Look at a deployment before it is made:");
  program
    .command("review")
    .description("review a Terraform plan for a pull request: who gains access, risks, costs; prints Markdown")
    .argument("<plan.json>", 'the JSON of the plan, from terraform show -json; "-" for stdin')
    .addOption(
      new Option("--fail-on <severity>", "the least severity of a risk that makes the exit code 6")
        .choices([...SEVERITIES, "never"])
        .default("high"),
    )
    .option("--sarif <file>", "also write the risks as SARIF 2.1.0, for code scanning")
    .action(run(async () => (await import("../commands/review")).review));
  program
    .command("permissions")
    .description("write the IAM policies of the role that deploys the gateway")
    .requiredOption("--out <folder>", "where to write them")
    .option("--plan", "also those of a role that can only plan: it writes nothing, and reads no secret")
    .option(
      "--trust <repository>",
      "also who may take both roles: github:owner/repository[:environment] or gitlab:group/project[:branch]",
      parseTrust,
    )
    .option("--protect-keys", "instead, policies that keep everyone else from the keys that sign sessions")
    .option(
      "--store <arn>",
      "with --protect-keys: the gateway's store, session_store_arn of the outputs",
      parseStoreArn,
    )
    .action(run(async () => (await import("../commands/permissions")).permissions));
  program
    .command("cost")
    .description("estimate the monthly bill for a traffic profile; without options, that of nobody visiting")
    .option("--users <n>", "people who sign in once a day; the options below follow from it", parseAmount, 0)
    .option("--requests <n>", "requests to the site a month (default: 200 for each sign-in)", parseAmount)
    .option("--gigabytes <n>", "GB to viewers a month (default: 30 KB for each request)", parseAmount)
    .option("--sign-ins <n>", "sign-ins a day (default: one for each user)", parseAmount)
    .option("--sign-outs <n>", "sign-outs a day (default: one for ten sign-ins)", parseAmount)
    .option("--hours <n>", "hours of activity after a sign-in, which renew the session", parseAmount, 4)
    .addOption(
      new Option("--region <name>", "where the viewers are").choices(REGION_NAMES).default("north-america" as Region),
    )
    .action(run(async () => (await import("../commands/cost")).cost));
  program
    .command("teardown")
    .description("list the steps of a teardown, in order: waits, losses and leftovers")
    .option("--plan", "say it; the command changes nothing")
    .action(run(async () => (await import("../commands/teardown")).teardown));
}
