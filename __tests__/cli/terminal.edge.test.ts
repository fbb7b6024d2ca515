/** What the command line does at a terminal, and only there. */
import { loadConfig } from "../../config/load";
import { startAwsEmulator, type AwsEmulator } from "../../local/aws-emulator";
import { clientSecretName, revokerFunctionName, sessionKeysSecretName } from "../../stacks/names";
import { edgegateAtTerminal, type Run } from "../support/cli";
import { describeWith } from "../support/tools";

const CONFIG = loadConfig("config/example.ts");
const SESSION_KEYS = sessionKeysSecretName(CONFIG);
const CLIENT_SECRET = clientSecretName(CONFIG, "main");
const SECRET = "typed-where-nobody-looks";

describeWith("script", "at a terminal", (script) => {
  let aws: AwsEmulator;
  let lockdowns: number;

  beforeEach(async () => {
    lockdowns = 0;
    aws = await startAwsEmulator();
    aws.secrets.declare(CLIENT_SECRET);
    aws.functions.set(revokerFunctionName(CONFIG), async () => {
      lockdowns += 1;
      return {
        revocation: { kind: "gateway", cutoff: 1_772_000_000, recordedAt: 1_772_000_000 },
        kid: "k2",
        deleted: 1,
      };
    });
  });
  afterEach(() => aws.close());

  function run(args: string[], answers: [string, string][] = [], env: Record<string, string> = {}): Promise<Run> {
    return edgegateAtTerminal(script, args, answers, {
      AWS_ENDPOINT_URL: aws.endpoint,
      AWS_ACCESS_KEY_ID: "test",
      AWS_SECRET_ACCESS_KEY: "test",
      ...env,
    });
  }

  test.each([
    ["y", 0, 1],
    ["yes", 0, 1],
    ["n", 3, 0],
    ["", 3, 0],
    ["yellow", 3, 0],
  ])("the answer %j to a wide effect ends with %i", async (answer, code, times) => {
    const { code: exit, stdout } = await run(["lockdown"], [["[y/N]", `${answer}\r`]]);
    expect(stdout).toContain("Everybody who is signed in to handbook (handbook.example.com) will be signed out");
    expect([exit, lockdowns]).toEqual([code, times]);
  });

  test.each([
    ["Ctrl-C", "\u0003"],
    ["Ctrl-D", "\u0004"],
  ])("%s is no", async (_, key) => {
    const { code } = await run(["lockdown"], [["[y/N]", key]]);
    expect([code, lockdowns]).toEqual([3, 0]);
  });

  test("a client secret is asked for and not shown", async () => {
    const { code, stdout } = await run(["secrets", "put", "main"], [["Client secret of main: ", `${SECRET}\r`]]);
    expect(code).toBe(0);
    expect(aws.secrets.get(CLIENT_SECRET)).toBe(SECRET);
    expect(stdout).not.toContain(SECRET.slice(0, 6));
  });

  test("a client secret that is not given is not stored", async () => {
    const { code } = await run(["secrets", "put", "main"], [["Client secret of main: ", "\u0004"]]);
    expect([code, aws.secrets.get(CLIENT_SECRET)]).toEqual([3, undefined]);
  });

  test.each([
    [{}, true],
    [{ NO_COLOR: "1" }, false],
  ])("with %j there are colours: %s", async (env, hasColours) => {
    const { stdout } = await run(["sessions", "--user", "alice"], [], env);
    expect(stdout.includes("\u001b[31medgegate:\u001b[39m")).toBe(hasColours);
  });

  test("long work shows that it goes on", async () => {
    aws.secrets.set(SESSION_KEYS, "{}");
    aws.rotators.set(SESSION_KEYS, "rotator");
    aws.functions.set("rotator", async (event) => {
      const { Step, ClientRequestToken } = event as { Step: string; ClientRequestToken: string };
      if (Step === "finishSecret") {
        aws.secrets.secret(SESSION_KEYS)!.versions.get(ClientRequestToken)!.text = "{}";
        aws.secrets.label(SESSION_KEYS, "AWSCURRENT", ClientRequestToken);
      }
    });
    const { code, stdout } = await run(["rotate-keys", "--yes"]);
    expect(code).toBe(0);
    expect(stdout).toContain(
      "Putting the new key into the store, and waiting until every edge and every handler knows it",
    );
    expect(stdout).toContain("The session keys of handbook were rotated");
  });
});
