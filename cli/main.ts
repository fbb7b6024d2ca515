/** `edgegate <command>`: the command line. The module of a command is loaded only when that command runs. */
import { createRequire } from "node:module";
import { Command, CommanderError, InvalidArgumentError, Option } from "commander";
import { ConfigError } from "../config/error";
import type { Region } from "../costs/prices";
import type { Engine } from "../local/engines";
import { METHODS } from "../policy/rule";
import { SEVERITIES as SEVERITY_NAMES } from "../review/severity";
import { SHORT_ID } from "../session/revocation";
import { CI_SYSTEMS } from "./ci-files";
import { parseMoment, parseRequestId, parseSince, parseStoreArn, parseTrust, parseUid, REQUEST_ID } from "./arguments";
import { onStderr } from "./colors";
import type { CheckPlanOptions } from "./commands/check-plan";
import type { Context } from "./context";
import { CommandFailure, EXIT_CODES, EXIT_CODE_HELP, type Exit } from "./failures";
import type { GlobalOptions, OperatorOptions } from "./options";
import type { Outcome } from "./output";
import { printable, printableJson } from "./printable";
import { keepYoungGenerationSmall } from "./young-generation";

const MAX_REASON = 500;
/** The revoker's own limit. */
const MAX_LIMIT = 1_000;

/** Repeated here, because local/engines.ts takes too long to load for `--help`. */
const ENGINE_NAMES: readonly Engine[] = ["sandbox", "njs"];

/** Repeated here like the engines; a test compares them with costs/prices.ts. */
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

const EXAMPLES = `
Examples:
  edgegate init
  edgegate dev
  edgegate dev --origin "/api/*=http://localhost:3000"
  edgegate sessions --user alice@example.com
  edgegate revoke user alice@example.com --reason "laptop stolen"
  edgegate lockdown --reason "store read by an unknown role" --yes
  edgegate secrets put main --file client-secret.txt
  edgegate doctor
  edgegate doctor idp main --token -
  edgegate events register corp --token-file access-token.txt
  edgegate waf why                          what the web ACL blocked in the last hour
  edgegate audit --user alice@example.com   what happened to her in the last hour
  edgegate access /admin                    who can open it, and why
  edgegate explain GET /admin --as roles=staff
  edgegate policy diff main.config.ts gateway.config.ts
  edgegate review plan.json                 what a Terraform plan changes, for a pull request
  edgegate check plan.json                  whether a plan leaves a way around the gate
  edgegate sessions --local                 the gateway that edgegate dev runs

Exit codes:
${Object.entries(EXIT_CODE_HELP)
  .map(([exit, text]) => `  ${EXIT_CODES[exit as Exit]}  ${text}`)
  .join("\n")}
`;

function createProgram(print: (outcome: Outcome, options: GlobalOptions) => void): Command {
  const program = new Command("edgegate")
    .description("Sets up and operates a gateway in front of a site: access rules, sign-in, sessions and session keys.")
    .version(version())
    .option("--config <file>", "the gateway's config (default: EDGEGATE_CONFIG, or gateway.config.ts)")
    .option("--json", "print one JSON document, for programs")
    .configureHelp({ showGlobalOptions: true })
    .addHelpText("after", EXAMPLES)
    .exitOverride();
  addProject(program, print);
  addOperation(program, print);
  return program;
}

/** Commands that need a config only, or not even that. */
function addProject(program: Command, print: (outcome: Outcome, options: GlobalOptions) => void): void {
  /** @param load imports the command */
  const run =
    <Options extends GlobalOptions>(load: () => Promise<(options: Options) => Promise<Outcome>>) =>
    async (...given: unknown[]): Promise<void> => {
      const options = (given.at(-1) as Command).optsWithGlobals<Options>();
      print(await (await load())(options), options);
    };

  /** @param load imports the command, which also takes the arguments of the command line */
  const runOn =
    <Options extends GlobalOptions, Arguments extends unknown[]>(
      load: () => Promise<(options: Options, ...args: Arguments) => Promise<Outcome>>,
    ) =>
    async (...given: unknown[]): Promise<void> => {
      const options = (given.at(-1) as Command).optsWithGlobals<Options>();
      print(await (await load())(options, ...(given.slice(0, -2) as Arguments)), options);
    };

  program.commandsGroup("Set up a gateway:");
  program
    .command("init")
    .description("write a config and the files that it needs; asks for what the options leave out")
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
    .action(run(async () => (await import("./commands/init")).init));
  program
    .command("adopt")
    .description("say how to attach a gateway to a distribution that exists: config, changes, and what is in the way")
    .argument("<file>", "the output of aws cloudfront get-distribution")
    .action(runOn(async () => (await import("./commands/adopt")).adopt));
  program
    .command("check")
    .description(
      "check the config, and show what its policy decides; with a plan, prove that it leaves no way around the gate",
    )
    .argument("[plan.json]", 'the JSON of anybody\'s plan, from terraform show -json; "-" for stdin')
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
          ? await (await import("./commands/check")).check(options)
          : await (await import("./commands/check-plan")).checkPlanFile(options, plan),
        options,
      );
    });
  program
    .command("review")
    .description("review a Terraform plan for a pull request: who gains access, risks, costs; prints Markdown")
    .argument("<plan.json>", 'the JSON of the plan, from terraform show -json; "-" for stdin')
    .addOption(
      new Option("--fail-on <severity>", "the least severity of a risk that makes the exit code 6")
        .choices([...SEVERITY_NAMES, "never"])
        .default("high"),
    )
    .option("--sarif <file>", "also write the risks as SARIF 2.1.0, for code scanning")
    .action(runOn(async () => (await import("./commands/review")).review));
  program
    .command("dev")
    .description("run the gateway on this machine, with the files that would be deployed")
    .option("--check", "start, run a scripted visit, print the results and exit (0: all as expected, 1: not)")
    .addOption(new Option("--port <n>", "the port of the site").default(8443).argParser(parsePort))
    .addOption(new Option("--engine <name>", "the engine that runs the gate").choices(ENGINE_NAMES).default("sandbox"))
    .option(
      "--origin <path=url>",
      "a server of your own behind a behavior, as in /api/*=http://localhost:3000; the path may be default",
      collect,
      [],
    )
    .option("--online", "first ask every identity provider of the config whether it is there, and what the config says")
    .option("--site <folder>", "serve the files of this folder in place of the S3 buckets' (default: a demo page)")
    .option("--issuer <url>", "use this OpenID Connect provider instead of the local one; needs --client-id")
    .option("--client-id <id>", "the client ID of the site at that provider")
    .option("--client-secret-file <path>", "a file with the client secret, if the client has one")
    .action(run(async () => (await import("./commands/dev")).dev));
  program
    .command("synth")
    .description("write the Terraform configuration")
    .option("--online", "first ask every identity provider of the config whether it is there, and what the config says")
    .option(
      "--require-state",
      "fail if the state would be a local file; for pipelines, whose machines are gone after the job",
    )
    .action(
      run(async () => {
        keepYoungGenerationSmall();
        return (await import("./commands/synth")).synth;
      }),
    );
  program
    .command("access")
    .description("show who can open a path, and which rule says so; reads the config only")
    .argument("<path>", 'a path such as /admin, or a pattern in quotes such as "/admin/**"')
    .addOption(new Option("--method <method>", "only this method (default: every method)").choices(METHODS))
    .option("--host <host>", "only this host (default: every host of the config)")
    .action(runOn(async () => (await import("./commands/access")).access));
  program
    .command("explain")
    .description("say what happens to one request: the rule that decides, and why each earlier one does not")
    .argument("<method>", "such as GET")
    .argument("<url>", "a path such as /docs/x, or a URL with the host")
    .option("--as <who>", "roles=a,b or idp=corp (both together), signed-in or anonymous (default)", collect, [])
    .option("--preflight", "a CORS preflight")
    .action(runOn(async () => (await import("./commands/explain")).explain));
  const policy = program.command("policy").description("show and compare what policies decide; reads files only");
  policy
    .command("table")
    .description("show the rules in their order")
    .option("--markdown", "as a table for a document")
    .action(run(async () => (await import("./commands/policy-table")).policyTable));
  policy
    .command("diff")
    .description("show who gains or loses access to what, for all requests")
    .argument("<before>", 'a config, or the cdk.tf.json that "edgegate synth" wrote')
    .argument("<after>", "another one")
    .option("--exit-code", `exit with ${EXIT_CODES.accessDiffers} if there is a change`)
    .action(runOn(async () => (await import("./commands/policy-diff")).policyDiff));
  policy
    .command("replay")
    .description("show which requests of an access log another policy would decide otherwise; --config has the old one")
    .argument("<log...>", "files of CloudFront's JSON lines, plain or gzip, or - for stdin")
    .requiredOption("--policy <file>", "the config with the new policy")
    .option("--exit-code", `exit with ${EXIT_CODES.accessDiffers} if there is one`)
    .action(runOn(async () => (await import("./commands/policy-replay")).policyReplay));
  program
    .command("export")
    .description("write the gateway as a Terraform module in plain HCL, for people without Node.js")
    .argument("<folder>", "where to write it; replaces the module that is there")
    .option("--zip <file>", "also write the module's files as an archive, for a release")
    .action(runOn(async () => (await import("./commands/export")).exportModule));
  program
    .command("permissions")
    .description("write the IAM policies of whoever deploys the gateway")
    .requiredOption("--out <folder>", "where to write them")
    .option("--plan", "also those of a role that can only plan: it writes nothing, and reads no secret")
    .option(
      "--trust <repository>",
      "also who may take both roles: github:owner/repository[:environment] or gitlab:group/project[:branch]",
      parseTrust,
    )
    .option("--protect-keys", "instead, policies that keep everybody else from the keys that sign sessions")
    .option(
      "--store <arn>",
      "with --protect-keys: the gateway's store, session_store_arn of the outputs",
      parseStoreArn,
    )
    .action(run(async () => (await import("./commands/permissions")).permissions));
  program
    .command("teardown")
    .description("say what a teardown takes, in the order to do it: what waits, what is lost and what remains")
    .option("--plan", "say it; the command changes nothing")
    .action(run(async () => (await import("./commands/teardown")).teardown));
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
    .action(run(async () => (await import("./commands/cost")).cost));
  program
    .command("bench")
    .description("measure sizes, times and costs, and compare them with their limits; needs no config")
    .action(run(async () => (await import("./commands/bench")).bench));
}

/** Commands that operate a gateway. */
function addOperation(program: Command, print: (outcome: Outcome, options: GlobalOptions) => void): void {
  /** @param load imports the command, which takes a context and the arguments of the command line */
  const run =
    <Options, Arguments extends unknown[]>(
      load: () => Promise<(context: Context<Options>, ...args: Arguments) => Promise<Outcome>>,
    ) =>
    async (...given: unknown[]): Promise<void> => {
      const options = (given.at(-1) as Command).optsWithGlobals<OperatorOptions & Options>();
      const [command, { findGateway }, { operator }] = await Promise.all([
        load(),
        import("./gateway"),
        import("./operator"),
      ]);
      const gateway = await findGateway(options);
      const context = { gateway, options, by: operator(gateway), reason: options.reason ?? "no reason given" };
      print(await command(context, ...(given.slice(0, -2) as Arguments)), options);
    };
  const operating = (command: Command): Command =>
    command.option(
      "--local [port]",
      "the gateway that edgegate dev runs on this machine; --local=<port> if several run",
    );
  /** For commands that ask before they act. */
  const asking = (command: Command): Command => operating(command).option("--yes", "do not ask for confirmation");
  /** For commands that the ledger records. */
  const withReason = (command: Command): Command =>
    command.option("--reason <text>", "the reason, for the ledger", parseReason);

  program.commandsGroup("Operate a gateway:");
  operating(program.command("sessions"))
    .description(
      "list the sessions that have not expired or been signed out, newest first; the state shows which are revoked",
    )
    .option("--user <user>", "only of this user: e-mail address, user name or uid")
    .option("--all", "with --user: also those that have expired or were signed out")
    .option("--limit <n>", "list at most this many (default: 100)", parseLimit)
    .action(run(async () => (await import("./commands/sessions")).sessions));

  program
    .command("audit")
    .description("show what happened to a user or a request, from the logs of all regions: when, from where, and why")
    .option("--user <user>", "e-mail address, user name or uid")
    .option("--uid <uid>", "a uid from a log; does not ask the ledger", parseUid)
    .option("--request <id>", "the request ID on a page of the gateway, or in x-amz-cf-id", parseRequestId)
    .option(
      "--since <time>",
      'from when: "90m", "24h", "30d" or "2026-03-01T09:00Z" (default: 1h; 7d with --request)',
      parseMoment,
    )
    .option("--until <time>", "to when (default: now)", parseMoment)
    .option("--all", "list every allowed request")
    .action(run(async () => (await import("./commands/audit")).audit));

  const revoke = program.command("revoke").description("end sessions");
  withReason(asking(revoke.command("user")))
    .description("end every session of one user; the user can sign in again if the identity provider allows it")
    .argument("[user]", "e-mail address, user name or uid")
    .option("--issuer <url>", "the user's issuer, instead of [user]; needs --subject")
    .option("--subject <sub>", "the user's subject at that issuer")
    .action(run(async () => (await import("./commands/revoke-user")).revokeUser));
  withReason(operating(revoke.command("session")))
    .description("end one session")
    .argument("<sid>", "the session's ID, as edgegate sessions lists it")
    .action(run(async () => (await import("./commands/revoke-session")).revokeSession));

  withReason(asking(program.command("lockdown")))
    .description("end every session and replace every session key, in one step")
    .action(run(async () => (await import("./commands/lockdown")).lockdown));

  asking(program.command("rotate-keys"))
    .description("make a new session key; sessions continue")
    .option("--no-wait", "do not wait until the new key signs")
    .action(run(async () => (await import("./commands/rotate-keys")).rotateKeys));
  asking(program.command("rotate-origin-secret"))
    .description("send servers the next origin secret, which they accept already")
    .option("--no-wait", "do not wait until every edge sends it")
    .action(run(async () => (await import("./commands/rotate-origin-secret")).rotateOriginSecret));

  const store = program.command("store").description("check or rebuild the key-value store that the gate reads");
  operating(store.command("check"))
    .description("compare the store with ledger and keys; changes nothing")
    .action(run(async () => (await import("./commands/store")).checkStore));
  asking(store.command("rebuild"))
    .description("make the store equal to ledger and keys")
    .action(run(async () => (await import("./commands/store")).rebuildStore));

  const doctor = operating(program.command("doctor"))
    .description("check a deployed gateway from outside, as a stranger could; changes nothing")
    .action(run(async () => (await import("./commands/doctor")).doctor));
  operating(doctor.command("idp"))
    .description("check an identity provider against the config, and examine an ID token")
    .argument("[idp]", "the identity provider's ID in the config; may be left out if there is only one")
    .option("--token <path>", 'a file with an ID token to examine, or "-" to paste it or pipe it in')
    .option("--client-secret", "also try the stored client secret; reads it from Secrets Manager")
    .option("--issuer <url>", "the issuer, if only Terraform knows it")
    .option("--client-id <id>", "the client ID, if only Terraform knows it")
    .action(run(async () => (await import("./commands/doctor-idp")).doctorIdp));

  operating(
    program
      .command("secrets")
      .description("store client secrets and private keys for identity providers")
      .command("put"),
  )
    .description("store a client secret or private keys: from a file, from stdin or from a hidden prompt")
    .argument("<idp>", "the identity provider's ID in the config")
    .option("--file <path>", "a file that contains the secret, or the keys as PEM, and nothing else")
    .action(run(async () => (await import("./commands/put-secret")).putSecret));

  program
    .command("waf")
    .description("find out what the web ACL does")
    .command("why")
    .description(
      "show which rule blocked or counted a request, and what would exempt it; without an ID, the latest requests",
    )
    .argument("[request-id]", "the request ID on the page, or in the header x-amz-cf-id")
    .option("--since <time>", "look this far back, such as 90m, 24h or 30d (default: 7d; 1h for the list)", parseSince)
    .action(run(async () => (await import("./commands/waf-why")).wafWhy));

  const events = program.command("events").description("manage the stream of security events at a transmitter");
  const atTransmitter = (command: Command): Command =>
    command
      .argument("<transmitter>", "the transmitter's ID in the config")
      .option(
        "--token-file <path>",
        "a file with an access token for its API; otherwise from stdin or a hidden prompt",
      );
  atTransmitter(operating(events.command("register")))
    .description("make it push the events that the config acts upon, and verify that they arrive")
    .action(run(async () => (await import("./commands/register-events")).registerEvents));
  atTransmitter(operating(events.command("status")))
    .description("show the stream; changes nothing")
    .action(run(async () => (await import("./commands/events-stream")).eventsStatus));
  atTransmitter(asking(events.command("remove")))
    .description("delete the stream")
    .action(run(async () => (await import("./commands/events-stream")).removeEvents));
}

function version(): string {
  const { version } = createRequire(__filename)("edgegate/package.json") as { version: string };
  return version;
}

function parsePort(text: string): number {
  if (!/^\d{1,5}$/.test(text) || Number(text) > 65_535) throw new InvalidArgumentError("write a number up to 65535.");
  return Number(text);
}

/** For options that may be repeated. */
function collect(text: string, before: string[]): string[] {
  return [...before, text];
}

function parseAmount(text: string): number {
  if (!/^\d{1,12}(\.\d{1,3})?$/.test(text)) throw new InvalidArgumentError("write a number, such as 1000000.");
  return Number(text);
}

function parseLimit(text: string): number {
  if (!/^[1-9][0-9]{0,3}$/.test(text) || Number(text) > MAX_LIMIT)
    throw new InvalidArgumentError(`write a number from 1 to ${MAX_LIMIT}.`);
  return Number(text);
}

function parseReason(text: string): string {
  if (text.trim() === "" || text.length > MAX_REASON)
    throw new InvalidArgumentError(`write 1 to ${MAX_REASON} characters.`);
  return text;
}

/**
 * Keeps a bare `--local` from taking the next word as its port, which must be written with `=`.
 *
 * @throws CommandFailure if the next word can only be meant as a port
 */
function withoutGuesses(args: readonly string[]): string[] {
  const port = args.find((argument, place) => args[place - 1] === "--local" && /^\d{1,5}$/.test(argument));
  if (port !== undefined)
    throw new CommandFailure("usage", "--local takes its port after an equals sign", `write --local=${port}`);
  return args.map((argument) => (argument === "--local" ? "--local=" : argument));
}

/** Moves a uid, sid or request ID behind `--`: it may begin with a hyphen, and would be parsed as an option. */
function withIdsLast(program: Command, args: readonly string[]): string[] {
  const options = withSubcommands(program).flatMap((command) => command.options);
  const isId = (argument: string, place: number): boolean =>
    argument.startsWith("-") &&
    (SHORT_ID.test(argument) || REQUEST_ID.test(argument)) &&
    !options.some(({ long }) => long === argument) &&
    !options.some(({ long, required }) => required && long === args[place - 1]);
  const ids = args.filter(isId);
  return ids.length === 0 || args.includes("--")
    ? [...args]
    : [...args.filter((argument, place) => !isId(argument, place)), "--", ...ids];
}

async function main(args: readonly string[]): Promise<Exit> {
  const isJson = args.includes("--json");
  let exit: Exit = "done";
  const program = createProgram((outcome, { json }) => {
    process.stdout.write(json ? `${printableJson(outcome.json)}\n` : outcome.text);
    exit = outcome.exit ?? "done";
  });
  const usage: string[] = [];
  for (const command of withSubcommands(program)) command.configureOutput({ writeErr: (text) => usage.push(text) });
  try {
    await program.parseAsync(withIdsLast(program, withoutGuesses(args)), { from: "user" });
    return exit;
  } catch (error) {
    if (error instanceof CommanderError && error.exitCode === 0) return "done";
    // The parser wrote the help, because a subcommand is missing.
    if (error instanceof CommanderError && error.code === "commander.help" && !isJson) {
      process.stderr.write(usage.join(""));
      return "usage";
    }
    const failure = failureOf(error, usage.join(""));
    if (isJson)
      process.stdout.write(
        `${printableJson({ error: { code: failure.exit, message: failure.message, hint: failure.hint } })}\n`,
      );
    else
      process.stderr.write(
        `${onStderr.red("edgegate:")} ${failure.message}\n${failure.hint === undefined ? "" : `${failure.hint}\n`}`,
      );
    return failure.exit;
  }
}

/** @param usage what the parser wrote about a mistake on the command line */
function failureOf(error: unknown, usage: string): CommandFailure {
  if (error instanceof CommandFailure) return error;
  if (error instanceof ConfigError) return new CommandFailure("usage", error.message);
  if (error instanceof CommanderError)
    return new CommandFailure(
      "usage",
      printableLines(usage.replace(/^error: /, "")),
      "edgegate --help lists commands and options",
    );
  if (!(error instanceof Error)) return new CommandFailure("failed", "unknown error");
  const { name, message } = error;
  return new CommandFailure("failed", printableLines(name === "Error" ? message : `${name}: ${message}`));
}

function printableLines(text: string): string {
  return text.trimEnd().split("\n").map(printable).join("\n");
}

function withSubcommands(command: Command): Command[] {
  return [command, ...command.commands.flatMap(withSubcommands)];
}

/** If the reader has gone, as `head` does, the exit code still says what the command did. */
function unwritten({ code }: NodeJS.ErrnoException): void {
  if (code === "EPIPE") return;
  process.exitCode = EXIT_CODES.failed;
  process.stderr.write(
    `${onStderr.red("edgegate:")} the output could not be written (${code}); the command may have been carried out\n`,
  );
}

// cdktf and others call deprecated functions of Node; no operator can do anything about it.
process.noDeprecation = true;
process.stdout.on("error", unwritten);
process.stderr.on("error", () => {});
void main(process.argv.slice(2)).then((exit) => {
  process.exitCode ??= EXIT_CODES[exit];
});
