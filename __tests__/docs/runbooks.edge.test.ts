/**
 * Every command in the runbooks is run as it is written: `edgegate` against the local edge, the CDKTF CLI in the apply
 * tier.
 */
import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { configSchema } from "../../config/schema";
import { nextSecond, signIn } from "../../local/check";
import { HttpClient } from "../../local/http-client";
import type { LocalEdge } from "../../local/local-edge";
import { SESSION_COOKIE } from "../../session/cookies";
import { clientSecretName } from "../../session/settings";
import { decodePayload, splitToken, type Session } from "../../session/token";
import { edgegate } from "../support/cli";
import { newPem } from "../support/client-keys";
import { DEPLOY_COMMAND, DESTROY_COMMAND, MEANT_COMMAND } from "../support/deployment";
import { startTestEdge, TEST_CONFIG } from "../support/local-edge";

const FOLDER = join(__dirname, "../../docs/runbooks");
const RUNBOOKS = readdirSync(FOLDER).filter((name) => name !== "README.md");

/** Commands that ask for confirmation; an operator has a terminal for it. */
const ASKING = [
  "revoke user",
  "lockdown",
  "rotate-keys",
  "rotate-origin-secret",
  "rotate-assertion-key",
  "store rebuild",
];

/** The lines of a runbook's shell blocks, indented ones too. */
function commandsOf(name: string): string[] {
  const blocks = [...readFileSync(join(FOLDER, name), "utf8").matchAll(/^ *```sh\n([^]*?)^ *```/gm)].map(
    ([, block]) => block!,
  );
  return blocks.flatMap((block) => block.split("\n").map((line) => line.trim())).filter((line) => line !== "");
}

/** The words of a command line, as a shell reads double quotes. */
function wordsOf(command: string): string[] {
  return [...command.matchAll(/"([^"]*)"|(\S+)/g)].map(([, quoted, plain]) => quoted ?? plain!);
}

/** Runbooks for a gateway that authenticates in another way than that of the other runbooks. */
const CLIENT_AUTHENTICATION: Record<string, object> = { "rotate-client-key.md": { method: "private_key_jwt" } };
/** Commands that read the config only. */
const OFFLINE = ["teardown"];
/** Commands of the system, which need no gateway. */
const PLAIN = /^(openssl|cat) /;

/** In the place of the ID of a service token. */
const SERVICE_TOKEN = "B".repeat(16);

/** What the commands read and write. */
const FILES = ["client-secret.txt", "client-keys.pem", "new.pem"];

let edges: Map<string | undefined, LocalEdge>;
let folder: string;

beforeAll(async () => {
  edges = new Map([[undefined, await startTestEdge({ config: configSchema.parse(TEST_CONFIG) })]]);
  for (const [name, clientAuthentication] of Object.entries(CLIENT_AUTHENTICATION)) {
    const identityProviders = { main: { ...TEST_CONFIG.identityProviders.main, clientAuthentication } };
    edges.set(name, await startTestEdge({ config: configSchema.parse({ ...TEST_CONFIG, identityProviders }) }));
  }
  folder = mkdtempSync(join(tmpdir(), "edgegate-runbooks-"));
  writeFileSync(join(folder, "client-secret.txt"), "a client secret\n");
  writeFileSync(join(folder, "current.pem"), newPem("ES256"));
});
afterAll(async () => {
  for (const edge of edges?.values() ?? []) await edge.close();
  rmSync(folder, { recursive: true, force: true });
});

const edgeOf = (runbook: string): LocalEdge => edges.get(runbook) ?? edges.get(undefined)!;

async function signedIn(edge: LocalEdge): Promise<Session> {
  const browser = new HttpClient(readFileSync(edge.caFile, "utf8"));
  await signIn(
    browser,
    `${edge.url}/staff`,
    edge.users.find(({ id }) => id === "staff")!,
  );
  return decodePayload(splitToken(browser.cookie(SESSION_COOKIE)!)!.payload);
}

/** The ID of a new service token. */
async function serviceTokenOf(edge: LocalEdge): Promise<string> {
  const args = ["token", "create", "--expires", "1h", "--description", "import", "--json"];
  const { stdout } = await edgegate([...args, `--local=${new URL(edge.url).port}`]);
  const { id, warnings } = JSON.parse(stdout) as { id: string; warnings: string[] };
  expect(warnings).toEqual(["no behavior of the config has api, so nothing accepts the token"]);
  return id;
}

test("there is a runbook for each of the cases, and the list names it", () => {
  const list = readFileSync(join(FOLDER, "README.md"), "utf8");
  expect(RUNBOOKS.sort()).toEqual([
    "cut-over.md",
    "emergency-rotation.md",
    "first-deploy.md",
    "idp-outage.md",
    "rebuild-store.md",
    "rename.md",
    "revoke-now.md",
    "rotate-client-key.md",
    "rotate-keys.md",
    "rotate-origin-secret.md",
    "teardown.md",
    "token-leaked.md",
  ]);
  for (const name of RUNBOOKS) expect(list).toContain(`(${name})`);
});

describe.each(RUNBOOKS)("%s", (name) => {
  const commands = commandsOf(name);

  test("has commands", () => expect(commands.length).toBeGreaterThan(0));

  test.each(commands.filter((command) => PLAIN.test(command) || command.startsWith("npx edgegate ")))(
    "%s",
    async (command) => {
      if (PLAIN.test(command)) return void execFileSync("sh", ["-c", command], { cwd: folder, stdio: "pipe" });
      const edge = edgeOf(name);
      const { email, sid } = await signedIn(edge);
      const substitutes: Record<string, string> = {
        "alice@example.com": email,
        AAAAAAAAAAAAAAAA: sid,
        ...(command.includes(SERVICE_TOKEN) && { [SERVICE_TOKEN]: await serviceTokenOf(edge) }),
        ...Object.fromEntries(FILES.map((file) => [file, join(folder, file)])),
      };
      const secretName = clientSecretName(edge.distribution.authSettings.aws, "main");
      const clientSecret = edge.aws.secrets.get(secretName)!;
      const [, , ...args] = wordsOf(command).map((word) => substitutes[word] ?? word);
      const yes = ASKING.some((asking) => args.join(" ").startsWith(asking)) ? ["--yes"] : [];
      const place = OFFLINE.includes(args[0]!) ? [] : [`--local=${new URL(edge.url).port}`];
      const { code, stdout, stderr } = await edgegate([...args, ...yes, ...place]);
      expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
      expect(stdout).not.toBe("");
      // One of them stores another client secret, with which nobody could sign in for the next.
      edge.aws.secrets.set(secretName, clientSecret);
      await nextSecond();
    },
  );

  test("what is no command of edgegate or of the system is what the apply tier runs", () => {
    const others = commands.filter((command) => !PLAIN.test(command) && !command.startsWith("npx edgegate "));
    expect(others.filter((command) => ![DEPLOY_COMMAND, DESTROY_COMMAND, MEANT_COMMAND].includes(command))).toEqual([]);
  });
});
