/** Commands that set up a gateway: from a config to Terraform's input. */
import { Argument, Option, type Command } from "commander";
import type { Engine } from "../../local/engines";
import { collect, parsePort } from "../arguments";
import { CI_SYSTEMS } from "../ci-files";
import type { CheckPlanOptions } from "../commands/check-plan";
import { keepYoungGenerationSmall } from "../young-generation";
import { runner, type Print } from "./runners";

/** Repeated here, because local/engines.ts takes too long to load for `--help`. */
const ENGINE_NAMES: readonly Engine[] = ["sandbox", "njs"];

export function addProject(program: Command, print: Print): void {
  const run = runner(print);

  program.commandsGroup("Set up a gateway:");
  program
    .command("init")
    .description("write a config and the files that it needs; asks for missing options")
    .option("--name <name>", "a short name; the names of all resources begin with it")
    .option("--domain <host>", "the domain that people open")
    .option("--issuer <url>", "the issuer URL of your OpenID Connect provider")
    .option("--client-id <id>", "the client ID that the provider assigned to the site")
    .option("--origin <host>", 'the host name of the site behind the gateway, or "s3" for a new bucket')
    .option("--dns <id>", "the ID of the domain's Route 53 hosted zone, or the ARN of a certificate in us-east-1")
    .addOption(
      new Option(
        "--ci <system>",
        "also write pipelines that plan, review and deploy; in a project with a config, only those",
      ).choices(CI_SYSTEMS),
    )
    .action(run(async () => (await import("../commands/init")).init));
  program
    .command("adopt")
    .description("show how to attach a gateway to an existing distribution: config, changes and obstacles")
    .argument("<file>", "the output of aws cloudfront get-distribution")
    .action(run(async () => (await import("../commands/adopt")).adopt));
  program
    .command("check")
    .description(
      "check the config, and show what its policy decides; with a plan, prove that it leaves no way around the gate",
    )
    .argument("[plan.json]", 'the JSON of any plan, from terraform show -json; "-" for stdin')
    .option(
      "--gate <arn>",
      "with a plan: the ARN of a gate that another configuration deploys; repeatable",
      collect,
      [],
    )
    .option("--handler <arn>", "with a plan: the ARN of that gateway's auth handler version; repeatable", collect, [])
    .action(async (plan: string | undefined, _: CheckPlanOptions, command: Command) => {
      const options = command.optsWithGlobals<CheckPlanOptions>();
      print(
        plan === undefined
          ? await (await import("../commands/check")).check(options)
          : await (await import("../commands/check-plan")).checkPlanFile(options, plan),
        options,
      );
    });
  program
    .command("dev")
    .description("run the gateway on this machine, with the files that would be deployed")
    .option("--check", "start, run a scripted visit, print the results and exit (0: all as expected, 1: not)")
    .addOption(new Option("--port <n>", "the port of the site").default(8443).argParser(parsePort))
    .addOption(new Option("--engine <name>", "the engine that runs the gate").choices(ENGINE_NAMES).default("sandbox"))
    .option(
      "--origin <path=url>",
      "your own server behind a behavior, as in /api/*=http://localhost:3000; the path may be default",
      collect,
      [],
    )
    .option("--online", "first check every identity provider of the config online")
    .option("--site <folder>", "serve the files of this folder in place of the S3 buckets' (default: a demo page)")
    .option(
      "--module <folder>",
      "serve what Terraform makes of the module that edgegate export wrote there; needs Terraform",
    )
    .option("--issuer <url>", "use this OpenID Connect provider instead of the local one; needs --client-id")
    .option("--client-id <id>", "the client ID of the site at that provider")
    .option("--client-secret-file <path>", "a file with the client secret, if the client has one")
    .action(run(async () => (await import("../commands/dev")).dev));
  program
    .command("synth")
    .description("write the Terraform configuration")
    .option("--online", "first check every identity provider of the config online")
    .option(
      "--require-state",
      "fail if the state would be a local file; for pipelines, whose machines are gone after the job",
    )
    .action(
      run(async () => {
        keepYoungGenerationSmall();
        return (await import("../commands/synth")).synth;
      }),
    );
  program
    .command("export")
    .description("write the gateway as a Terraform module in plain HCL, for people without Node.js")
    .argument("<folder>", "where to write it; replaces the module that is there")
    .option("--zip <file>", "also write the module's files as an archive, for a release")
    .action(run(async () => (await import("../commands/export")).exportModule));
  program
    .command("bench")
    .description("measure sizes, times and costs, and compare them with their limits; needs no config")
    .addArgument(
      new Argument(
        "[part]",
        "load: send the local edge 1,000 requests a second for a minute, and check every decision (default: the rest)",
      ).choices(["load"]),
    )
    .action(run(async () => (await import("../commands/bench")).bench));
}
