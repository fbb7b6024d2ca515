/** `edgegate <command>`: the command line. The module of a command is loaded only when that command runs. */
import { createRequire } from "node:module";
import { Command, CommanderError } from "commander";
import { ConfigError } from "../config/error";
import { SHORT_ID } from "../session/revocation";
import { REQUEST_ID } from "./arguments";
import { onStderr } from "./colors";
import { CommandFailure, EXIT_CODES, EXIT_CODE_HELP, type Exit, usageFailure } from "./failures";
import { printable, printableJson } from "./printable";
import { addDeployment } from "./program/deployment";
import { addOperation } from "./program/operation";
import { addPolicy } from "./program/policy";
import { addProject } from "./program/project";
import type { Print } from "./program/runners";

const EXAMPLES = `
Examples:
  edgegate init
  edgegate dev
  edgegate dev --origin "/api/*=http://localhost:3000"
  edgegate sessions --user alice@example.com
  edgegate revoke user alice@example.com --reason "laptop stolen"
  edgegate token create --role importer --expires 90d --description "nightly import" | gh secret set GATE
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

function createProgram(print: Print): Command {
  const program = new Command("edgegate")
    .description("Sets up and operates a gateway in front of a site: access rules, sign-in, sessions and session keys.")
    .version(version())
    .option("--config <file>", "the gateway's config (default: EDGEGATE_CONFIG, or gateway.config.ts)")
    .option("--json", "print one JSON document, for programs")
    .configureHelp({ showGlobalOptions: true })
    .addHelpText("after", EXAMPLES)
    .exitOverride();
  for (const add of [addProject, addPolicy, addDeployment, addOperation]) add(program, print);
  return program;
}

function version(): string {
  const { version } = createRequire(__filename)("edgegate/package.json") as { version: string };
  return version;
}

/**
 * Keeps a bare `--local` from taking the next word as its port, which must be written with `=`.
 *
 * @throws CommandFailure if the next word can only be meant as a port
 */
function withoutGuesses(args: readonly string[]): string[] {
  const port = args.find((argument, place) => args[place - 1] === "--local" && /^\d{1,5}$/.test(argument));
  if (port !== undefined) throw usageFailure("--local takes its port after an equals sign", `write --local=${port}`);
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

/** @param usage the parser's message about a mistake on the command line */
function failureOf(error: unknown, usage: string): CommandFailure {
  if (error instanceof CommandFailure) return error;
  if (error instanceof ConfigError) return usageFailure(error.message);
  if (error instanceof CommanderError)
    return usageFailure(printableLines(usage.replace(/^error: /, "")), "edgegate --help lists commands and options");
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

/** If the reader has exited, as `head` does, the exit code still reports the command's result. */
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
