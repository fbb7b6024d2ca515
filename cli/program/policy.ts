/** Commands about who may do what. They read files only. */
import { Option, type Command } from "commander";
import { METHODS } from "../../policy/rule";
import { collect, parseAddress, parseCountry, parseMoment, parseSince } from "../arguments";
import { EXIT_CODES } from "../failures";
import { runner, type Print } from "./runners";

export function addPolicy(program: Command, print: Print): void {
  const run = runner(print);

  program.commandsGroup("Ask who may do what:");
  program
    .command("access")
    .description("show who can open a path, and which rule says so; reads the config only")
    .argument("<path>", 'a path such as /admin, or a pattern in quotes such as "/admin/**"')
    .addOption(new Option("--method <method>", "only this method (default: every method)").choices(METHODS))
    .option("--host <host>", "only this host (default: every host of the config)")
    .action(run(async () => (await import("../commands/access")).access));
  program
    .command("explain")
    .description("say what happens to one request: the rule that decides, and why each earlier one does not")
    .argument("<method>", "such as GET")
    .argument("<url>", "a path such as /docs/x, or a URL with the host")
    .option("--as <who>", "roles=a,b or idp=corp (both together), signed-in or anonymous (default)", collect, [])
    .option("--claim <name=value>", "a claim of the user; once for each value", collect, [])
    .option("--scope <scope>", "a scope of the user's token; once for each", collect, [])
    .option("--email <address>", "the user's verified address")
    .option("--acr <class>", "how the user signed in: the authentication context class")
    .option("--auth-age <duration>", "how long ago the user signed in, such as 20m", parseSince)
    .option("--uid <uid>", "the user's ID")
    .option("--owner", "the owner of the path")
    .option("--address <ip>", "the viewer's address", parseAddress)
    .option("--country <code>", "the viewer's country, such as DE", parseCountry)
    .option("--at <time>", 'when, such as "2026-12-01T09:00Z" (default: now)', parseMoment)
    .option("--preflight", "a CORS preflight")
    .action(run(async () => (await import("../commands/explain")).explain));
  const policy = program.command("policy").description("show and compare what policies decide; reads files only");
  policy
    .command("table")
    .description("show the rules in their order")
    .option("--markdown", "as a table for a document")
    .action(run(async () => (await import("../commands/policy-table")).policyTable));
  policy
    .command("diff")
    .description("show who gains or loses access to what, for all requests")
    .argument("<before>", 'a config, or the cdk.tf.json that "edgegate synth" wrote')
    .argument("<after>", "another one")
    .option("--exit-code", `exit with ${EXIT_CODES.accessDiffers} if there is a change`)
    .action(run(async () => (await import("../commands/policy-diff")).policyDiff));
  policy
    .command("replay")
    .description("show which requests of an access log another policy would decide otherwise; --config has the old one")
    .argument("<log...>", "files of CloudFront's JSON lines, plain or gzip, or - for stdin")
    .requiredOption("--policy <file>", "the config with the new policy")
    .option("--exit-code", `exit with ${EXIT_CODES.accessDiffers} if there is one`)
    .action(run(async () => (await import("../commands/policy-replay")).policyReplay));
}
