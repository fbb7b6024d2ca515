/**
 * The command line against the AWS emulator: what the answers and failures of AWS mean to an operator.
 */
import { generateKeyPairSync } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import EXAMPLE from "../../config/example";
import { loadConfig } from "../../config/load";
import type { RevokerRequest } from "../../control-plane/revoker/command";
import type { SessionsAnswer } from "../../control-plane/revoker/sessions";
import { startAwsEmulator, type AwsEmulator } from "../../local/aws-emulator";
import { clientSecretName, revokerFunctionName, sessionKeysSecretName } from "../../stacks/names";
import { edgegate, type Run, type RunOptions } from "../support/cli";
import { newPem } from "../support/client-keys";

const CONFIG = loadConfig("config/example.ts");
const REVOKER = revokerFunctionName(CONFIG);
const CLIENT_SECRET = clientSecretName(CONFIG, "main");
const SESSION_KEYS = sessionKeysSecretName(CONFIG);
const SECRET = "a-client-secret-of-the-test";
const UID = "AAAAAAAAAAAAAAAA";
const SESSION: SessionsAnswer["sessions"][number] = {
  uid: UID,
  sid: "BBBBBBBBBBBBBBBB",
  idp: "main",
  email: "alice@example.com",
  startedAt: 1_772_000_000,
  mark: 0,
  gatewayMark: 0,
  renewedAt: 1_772_000_900,
  generation: 1,
  address: "192.0.2.7",
  userAgent: "Mozilla/5.0",
  endsAt: 1_772_028_800,
  expiresAt: 1_774_620_800,
  state: "active",
};

let aws: AwsEmulator;
let asked: RevokerRequest[];

beforeEach(async () => {
  aws = await startAwsEmulator();
  asked = [];
});
afterEach(() => aws.close());

/** Puts a revoker into the account that gives this answer. */
function revokerAnswers(answer: unknown): void {
  aws.functions.set(REVOKER, (request) => {
    asked.push(request as RevokerRequest);
    return Promise.resolve(answer);
  });
}

function run(args: string[], { env, ...options }: RunOptions = {}): Promise<Run> {
  return edgegate(args, {
    env: { AWS_ENDPOINT_URL: aws.endpoint, AWS_ACCESS_KEY_ID: "test", AWS_SECRET_ACCESS_KEY: "test", ...env },
    ...options,
  });
}

describe("a failure of AWS is explained, with what to do", () => {
  const NO_CREDENTIALS = { AWS_ACCESS_KEY_ID: "", AWS_SECRET_ACCESS_KEY: "" };

  test.each<
    [
      what: string,
      failure: { args: string[]; code: number; told: string; prepare?: () => void; env?: Record<string, string> },
    ]
  >([
    [
      "no credentials",
      {
        args: ["sessions"],
        code: 1,
        told: "sign in with aws sso login",
        prepare: () => revokerAnswers({}),
        env: NO_CREDENTIALS,
      },
    ],
    [
      "a profile that does not exist",
      {
        args: ["sessions"],
        code: 1,
        told: "check the profile nowhere, which AWS_PROFILE names",
        env: { ...NO_CREDENTIALS, AWS_PROFILE: "nowhere" },
      },
    ],
    ["another account", { args: ["sessions"], code: 4, told: "is handbook deployed in this account?" }],
    [
      "no permission",
      {
        args: ["sessions"],
        code: 1,
        told: "lambda:InvokeFunction",
        prepare: () => void aws.faults.set("Lambda.Invoke", "denied"),
      },
    ],
    [
      "a failure of AWS",
      {
        args: ["sessions"],
        code: 1,
        told: "the function handbook-revoker failed with InternalServerError",
        prepare: () => void aws.faults.set("Lambda.Invoke", "error"),
      },
    ],
    [
      "throttling",
      {
        args: ["sessions"],
        code: 1,
        told: "AWS is throttling calls to the function handbook-revoker",
        prepare: () => void aws.faults.set("Lambda.Invoke", "throttle"),
      },
    ],
    [
      "an answer that is not JSON",
      {
        args: ["sessions"],
        code: 1,
        told: "SyntaxError",
        prepare: () => void aws.faults.set("Lambda.Invoke", "garbage"),
      },
    ],
    [
      "no way to AWS",
      { args: ["sessions"], code: 1, told: "check the network", env: { AWS_ENDPOINT_URL: "http://127.0.0.1:1" } },
    ],
    [
      "a revoker that fails",
      {
        args: ["sessions"],
        code: 1,
        told: "the revoker failed: sessions: ProvisionedThroughputExceededException\nlook at the log group /aws/lambda/handbook-revoker",
        prepare: () =>
          void aws.functions.set(REVOKER, () =>
            Promise.reject(new Error("Error: sessions: ProvisionedThroughputExceededException\n    at index.js:1:1")),
          ),
      },
    ],
    [
      "a revoker that answers nothing",
      { args: ["sessions"], code: 1, told: "the revoker gave no answer", prepare: () => revokerAnswers(undefined) },
    ],
    [
      "a session that nobody knows",
      {
        args: ["revoke", "session", SESSION.sid],
        code: 4,
        told: "no such session",
        prepare: () => revokerAnswers({ error: { code: "not_found", message: "no such session" } }),
      },
    ],
    [
      "a request that the revoker refuses",
      {
        args: ["sessions"],
        code: 2,
        told: "limit is too high",
        prepare: () => revokerAnswers({ error: { code: "invalid_request", message: "limit is too high" } }),
      },
    ],
    [
      "an address that nobody has",
      {
        args: ["revoke", "user", "bob@example.com", "--yes"],
        code: 4,
        told: "--issuer and --subject",
        prepare: () => revokerAnswers({ sessions: [], hasMore: false }),
      },
    ],
    [
      "an address that two users have",
      {
        args: ["revoke", "user", SESSION.email, "--yes"],
        code: 2,
        told: `${UID} (main), CCCCCCCCCCCCCCCC (other)`,
        prepare: () =>
          revokerAnswers({ sessions: [SESSION, { ...SESSION, uid: "C".repeat(16), idp: "other" }], hasMore: false }),
      },
    ],
    [
      "keys of another account",
      { args: ["rotate-keys", "--yes"], code: 4, told: `there is no secret ${SESSION_KEYS}` },
    ],
    [
      "no permission to rotate",
      {
        args: ["rotate-keys", "--yes"],
        code: 1,
        told: "secretsmanager:RotateSecret",
        prepare: () => void aws.faults.set("secretsmanager.RotateSecret", "denied"),
      },
    ],
    [
      "a rotation that has not ended",
      {
        args: ["rotate-keys", "--yes"],
        code: 1,
        told: "an earlier rotation has not ended",
        prepare: startRotationThatNeverEnds,
      },
    ],
    [
      "a secret of another account",
      { args: ["secrets", "put", "main"], code: 4, told: `there is no secret ${CLIENT_SECRET}` },
    ],
    [
      "no permission to put secrets",
      {
        args: ["secrets", "put", "main"],
        code: 1,
        told: "secretsmanager:PutSecretValue",
        prepare: () => void aws.faults.set("secretsmanager.PutSecretValue", "denied"),
      },
    ],
  ])("%s", async (_, { args, code, told, prepare, env = {} }) => {
    prepare?.();
    const result = await run(args, { input: SECRET, env });
    expect({ code: result.code, stdout: result.stdout }).toEqual({ code, stdout: "" });
    expect(result.stderr).toContain(told);
    expect(result.stderr).not.toContain(SECRET);
  });

  function startRotationThatNeverEnds(): void {
    aws.secrets.declare(SESSION_KEYS);
    aws.rotators.set(SESSION_KEYS, "rotator");
    aws.functions.set("rotator", () => new Promise(() => {}));
    void aws.rotate(SESSION_KEYS);
  }
});

test("an expired sign-in of a profile is reported in the SDK's words", async () => {
  const folder = mkdtempSync(join(tmpdir(), "edgegate-test-"));
  const file = join(folder, "config");
  writeFileSync(
    file,
    "[profile corp]\nsso_session = corp\nsso_account_id = 111122223333\nsso_role_name = ops\n[sso-session corp]\nsso_region = us-east-1\nsso_start_url = https://corp.example.com\n",
  );
  const env = {
    AWS_ACCESS_KEY_ID: "",
    AWS_SECRET_ACCESS_KEY: "",
    AWS_PROFILE: "corp",
    AWS_CONFIG_FILE: file,
    HOME: folder,
  };
  const { code, stderr } = await run(["sessions"], { env });
  rmSync(folder, { recursive: true });
  expect(code).toBe(1);
  expect(stderr).toContain("The SSO session token associated with profile=corp was not found or is invalid");
});

describe("a client secret", () => {
  let folder: string;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "edgegate-test-"));
    aws.secrets.declare(CLIENT_SECRET);
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  test.each([
    ["from a file that an editor ended with a line break", `${SECRET}\n`, true],
    ["from a file of another system", `${SECRET}\r\n`, true],
    ["from a file without a line break", SECRET, true],
    ["from a pipe", `${SECRET}\n`, false],
  ])("%s is stored as it is, and never shown", async (_, content, fromFile) => {
    const file = join(folder, "client-secret.txt");
    writeFileSync(file, content);
    const { code, stdout, stderr } = await run(
      ["secrets", "put", "main", ...(fromFile ? ["--file", file] : [])],
      fromFile ? {} : { input: content },
    );
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(aws.secrets.get(CLIENT_SECRET)).toBe(SECRET);
    expect(stdout).toContain(CLIENT_SECRET);
    expect(stdout).not.toContain(SECRET);
  });

  test("that AWS fails to take is not shown either", async () => {
    aws.faults.set("secretsmanager.PutSecretValue", "error");
    const { code, stdout, stderr } = await run(["secrets", "put", "main", "--json"], { input: SECRET });
    expect([code, JSON.parse(stdout)]).toEqual([1, { error: expect.objectContaining({ code: "failed" }) }]);
    expect(stdout + stderr).not.toContain(SECRET);
  });
});

describe("private keys", () => {
  const KEYS = newPem("ES256") + newPem("RS256");
  const SMALL = generateKeyPairSync("rsa", {
    modulusLength: 1024,
    publicKeyEncoding: { format: "pem", type: "spki" },
    privateKeyEncoding: { format: "pem", type: "pkcs8" },
  }).privateKey;
  let folder: string;
  let env: Record<string, string>;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "edgegate-test-"));
    const main = { ...CONFIG.identityProviders["main"]!, clientAuthentication: { method: "private_key_jwt" } };
    env = { EDGEGATE_CONFIG: join(folder, "gateway.config.json") };
    writeFileSync(env["EDGEGATE_CONFIG"]!, JSON.stringify({ ...EXAMPLE, identityProviders: { main } }));
    aws.secrets.declare(CLIENT_SECRET);
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  test("are stored as they are, and never shown", async () => {
    const file = join(folder, "client-keys.pem");
    writeFileSync(file, KEYS);
    const { code, stdout, stderr } = await run(["secrets", "put", "main", "--file", file], { env });
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(aws.secrets.get(CLIENT_SECRET)).toBe(KEYS);
    expect(stdout).toContain("The private keys of main are stored");
    for (const line of KEYS.split("\n").filter(Boolean)) expect(stdout).not.toContain(line);
  });

  test.each([
    ["a client secret", SECRET, "there is no private key in it"],
    ["nothing", "", "there is no private key in it"],
    ["a public key", KEYS.replaceAll("PRIVATE KEY", "PUBLIC KEY"), "there is no private key in it"],
    ["a broken key", KEYS.replace(/\n[^-]+\n/, "\nAAAA\n"), "one of the private keys cannot be read"],
    ["a small key", KEYS + SMALL, "one of the private keys cannot be read"],
  ])("are not stored if they are %s", async (_, input, told) => {
    aws.secrets.delete(CLIENT_SECRET);
    aws.secrets.declare(CLIENT_SECRET);
    const { code, stdout, stderr } = await run(["secrets", "put", "main"], { input, env });
    expect([code, stdout]).toEqual([2, ""]);
    expect(stderr).toContain(told);
    expect(aws.secrets.get(CLIENT_SECRET)).toBeUndefined();
  });
});

describe("what others chose", () => {
  const HOSTILE = { ...SESSION, email: "\u001b[2Jeve\u202e@example.com", address: "\u009b1A", userAgent: "\u0007" };

  test.each<[string, string[]]>([
    ["in a table", ["sessions"]],
    ["as JSON", ["sessions", "--json"]],
    ["before a revocation", ["revoke", "user", UID, "--yes"]],
  ])("moves no cursor: %s", async (_, args) => {
    revokerAnswers({
      sessions: [HOSTILE],
      hasMore: false,
      revocation: { kind: "user", uid: UID, cutoff: 1, by: "\u001b]0;", reason: "\u009b" },
      isNew: true,
      records: [],
    });
    const { stdout } = await run(args);
    expect(stdout).toContain("eve");
    expect(stdout.replaceAll("\n", "")).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u202e]/);
  });

  test("keeps its value in JSON", async () => {
    revokerAnswers({ sessions: [HOSTILE], hasMore: false });
    expect(JSON.parse((await run(["sessions", "--json"])).stdout)).toEqual({ sessions: [HOSTILE], hasMore: false });
  });
});

test("a user is named by issuer and subject as the identity provider names them", async () => {
  revokerAnswers({
    sessions: [],
    hasMore: false,
    revocation: { kind: "user", cutoff: 1, by: "", reason: "" },
    isNew: true,
    records: [],
  });
  await run([
    "revoke",
    "user",
    "--issuer",
    "https://login.example.com",
    "--subject",
    "alice",
    "--yes",
    "--reason",
    "test",
  ]);
  // printf 'https://login.example.com\nalice' | openssl dgst -sha256 -binary | basenc --base64url | cut -c1-16
  const uid = "tEtKWuYGGdwI-NXp";
  expect(asked).toEqual([
    { operation: "sessions", uid, all: true, limit: 1000 },
    {
      operation: "revoke",
      command: {
        version: 1,
        target: { type: "user", uid },
        by: expect.stringMatching(/^operator:.+@.+/),
        reason: "test",
      },
    },
  ]);
});
