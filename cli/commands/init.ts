/**
 * `edgegate init`: writes a config, `cdktf.json`, `.gitignore` and, with `--ci`, pipelines. Existing files are not changed.
 */
import { randomUUID } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { basename, dirname } from "node:path";
import { createInterface, type Interface } from "node:readline/promises";
import { ConfigError } from "../../config/error";
import { loadConfig, parseConfig } from "../../config/load";
import type { ManagedConfigInput } from "../../config/schema";
import { ciFiles, type CiSystem } from "../ci-files";
import { onStderr } from "../colors";
import { CONFIG_FILE } from "../config-file";
import { CommandFailure, usageFailure } from "../failures";
import type { GlobalOptions } from "../options";
import { facts, type Outcome } from "../output";

/** The settings that every config needs. */
interface Answers {
  name: string;
  domain: string;
  issuer: string;
  clientId: string;
  /** A host name, or `s3`. */
  origin: string;
  /** ID of a hosted zone, or ARN of a certificate. */
  dns: string;
}

export type InitOptions = GlobalOptions & Partial<Answers> & { ci?: CiSystem };

interface Question {
  flag: string;
  asks: string;
  example: string;
}

/** In the order of the questions. */
const QUESTIONS: Record<keyof Answers, Question> = {
  name: {
    flag: "--name",
    asks: "A short name; the names of all resources begin with it",
    example: "wiki",
  },
  domain: { flag: "--domain", asks: "The domain that people open", example: "wiki.example.com" },
  issuer: {
    flag: "--issuer",
    asks: "The issuer URL of your OpenID Connect provider",
    example: "https://login.example.com",
  },
  clientId: {
    flag: "--client-id",
    asks: "The client ID that the provider assigned to the site",
    example: "wiki",
  },
  origin: {
    flag: "--origin",
    asks: 'The host name of the site behind the gateway, or "s3" for a new bucket',
    example: "wiki-origin.example.com",
  },
  dns: {
    flag: "--dns",
    asks: "The ID of the domain's Route 53 hosted zone, or the ARN of a certificate in us-east-1",
    example: "Z0123456789ABCDEFGHIJ",
  },
};
const NAMES = Object.keys(QUESTIONS) as (keyof Answers)[];

const IGNORED = ["node_modules/", "cdktf.out/", ".terraform/", "*.tfstate*"];

export async function init(options: InitOptions): Promise<Outcome> {
  if (existsSync(CONFIG_FILE)) return addCi(options);
  const answers = await answersOf(options);
  const files = {
    [CONFIG_FILE]: configText(answers),
    "cdktf.json": `${JSON.stringify(cdktfJson(), null, 2)}\n`,
    ".gitignore": `${IGNORED.join("\n")}\n`,
    ...(options.ci && ciFiles(options.ci, answers.name)),
  };
  return outcome(files, [
    ["npx edgegate check", "shows what the policy decides"],
    ["npx edgegate dev", "runs the gateway on this machine, with a sign-in page and a demo site"],
    ["npx edgegate synth", "writes the Terraform configuration"],
    ...(options.ci ? [STATE, SET_UP_CI] : []),
  ]);
}

/** @throws CommandFailure without `--ci`: there is nothing else to add to a project */
function addCi({ ci, ...given }: InitOptions): Outcome {
  const ofTheConfig = NAMES.filter((name) => given[name] !== undefined).map((name) => QUESTIONS[name].flag);
  if (ci === undefined || ofTheConfig.length > 0)
    throw usageFailure(
      `${CONFIG_FILE} already exists`,
      ci === undefined
        ? "edit it, or remove it and run this command again; --ci github or --ci gitlab adds pipelines to it"
        : `leave ${ofTheConfig.join(", ")} out to add pipelines to it`,
    );
  const config = loadConfig(CONFIG_FILE);
  return outcome(ciFiles(ci, config.name), [...(config.state ? [] : [STATE]), SET_UP_CI]);
}

/** A pipeline's machine is deleted after the job, together with a local state. */
const STATE = [
  `state: { bucket: "…", region: "us-east-1" }`,
  `belongs into ${CONFIG_FILE} before a pipeline deploys: the bucket of Terraform's state`,
] as const;
const SET_UP_CI = ["docs/ci.md", "says which roles, variables and approvals the pipelines need"] as const;

function outcome(files: Record<string, string>, next: readonly (readonly [name: string, text: string])[]): Outcome {
  const written = Object.entries(files).map(([name, content]) => [name, write(name, content)] as const);
  return {
    json: { files: Object.fromEntries(written) },
    text: facts(written.map(([name, state]) => [name, told(name, state)])) + `Next\n${facts(next)}`,
  };
}

async function answersOf(given: InitOptions): Promise<Answers> {
  const missing = NAMES.filter((name) => given[name] === undefined);
  const canAsk = process.stdin.isTTY && process.stderr.isTTY;
  if (missing.length > 0 && !canAsk) {
    throw usageFailure(
      "some flags are missing, and there is no terminal to ask for them",
      `add ${missing.map((name) => `${QUESTIONS[name].flag} ${QUESTIONS[name].example}`).join(" ")}`,
    );
  }
  const mistakes = NAMES.flatMap((name) => {
    const problem = given[name] === undefined ? undefined : problemOf(name, given[name]);
    return problem === undefined ? [] : [{ path: QUESTIONS[name].flag, message: problem }];
  });
  if (mistakes.length > 0) throw new ConfigError("edgegate init", mistakes);
  if (missing.length === 0) return given as Answers;
  const lines = createInterface({ input: process.stdin, output: process.stderr });
  try {
    const asked: Partial<Answers> = {};
    for (const name of missing) asked[name] = await ask(lines, name);
    return { ...given, ...asked } as Answers;
  } finally {
    lines.close();
  }
}

/** Asks until the answer is valid. */
async function ask(lines: Interface, name: keyof Answers): Promise<string> {
  const ended = new Promise<never>((_, reject) =>
    lines.once("close", () =>
      reject(new CommandFailure("refused", "not all questions were answered; nothing was written")),
    ),
  );
  const { asks, example } = QUESTIONS[name];
  const proposed = name === "name" && problemOf("name", basename(process.cwd())) === undefined;
  const standard = proposed ? basename(process.cwd()) : undefined;
  for (;;) {
    const hint = standard === undefined ? `such as ${example}` : standard;
    const line = await Promise.race([lines.question(`${onStderr.bold(asks)} [${hint}]: `), ended]);
    const answer = line.trim() === "" ? (standard ?? "") : line.trim();
    const problem = problemOf(name, answer);
    if (problem === undefined) return answer;
    process.stderr.write(`  ${onStderr.red(problem)}\n`);
  }
}

/** The problem of this answer, if it has one. Examples replace the other answers. */
function problemOf(name: keyof Answers, answer: string): string | undefined {
  const examples = Object.fromEntries(NAMES.map((each) => [each, QUESTIONS[each].example])) as unknown as Answers;
  try {
    parseConfig(configOf({ ...examples, [name]: answer }));
    return undefined;
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return error.problems[0]!.message;
  }
}

function configOf({ name, domain, issuer, clientId, origin, dns }: Answers): ManagedConfigInput {
  return {
    name,
    domain,
    ...(dns.startsWith("arn:") ? { certificateArn: dns } : { hostedZoneId: dns }),
    identityProviders: { main: { issuer, clientId } },
    origin: origin === "s3" ? { type: "s3" } : { type: "custom", domainName: origin, secretHeader: true },
    policy: [{ path: "/**", allow: "signed-in" }],
  };
}

function configText(answers: Answers): string {
  const { certificateArn, hostedZoneId, name, domain, origin } = configOf(answers);
  const text = JSON.stringify;
  const dns =
    certificateArn === undefined ? `hostedZoneId: ${text(hostedZoneId)}` : `certificateArn: ${text(certificateArn)}`;
  const where =
    origin.type === "custom"
      ? `{
    type: "custom",
    domainName: ${text(origin.domainName)},
    // Keeps others from going around the gateway, if the server checks it: see "The secret header" in docs/origins.md.
    secretHeader: true,
  }`
      : `{ type: "s3" }`;
  return `import { defineConfig } from "edgegate";

export default defineConfig({
  name: ${text(name)},
  domain: ${text(domain)},
  ${dns},
  identityProviders: {
    main: {
      issuer: ${text(answers.issuer)},
      clientId: ${text(answers.clientId)},
      // If the client has a secret, uncomment this. After the first deployment, store the secret:
      // run "npx edgegate secrets put main".
      // clientAuthentication: "client_secret_basic",
    },
  },
  origin: ${where},
  // The first rule that matches decides. Everything else is denied.
  policy: [
    // { path: "/public/**", allow: "public" },
    // { path: "/admin/**", allow: { roles: ["admin"] } },
    { path: "/**", allow: "signed-in" },
  ],
});
`;
}

/** Tells the CDKTF CLI, which deploys, how to synthesize. */
function cdktfJson(): object {
  return {
    language: "typescript",
    app: "npx edgegate synth",
    output: "cdktf.out",
    projectId: randomUUID(),
    sendCrashReports: "false",
  };
}

type Written = "written" | "kept";

function write(name: string, content: string): Written {
  mkdirSync(dirname(name), { recursive: true });
  try {
    writeFileSync(name, content, { flag: "wx" });
    return "written";
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    return "kept";
  }
}

function told(name: string, state: Written): string {
  if (state === "written") return "written";
  if (name === ".gitignore") {
    const present = readFileSync(name, "utf8").split(/\r?\n/);
    const missing = IGNORED.filter((line) => !present.includes(line));
    return `already there, not changed${missing.length === 0 ? "" : `; add ${missing.join(" ")}`}`;
  }
  if (name === "cdktf.json") return 'already there, not changed; its "app" must be "npx edgegate synth"';
  return "already there, not changed; remove it and run this command again to get the new one";
}
