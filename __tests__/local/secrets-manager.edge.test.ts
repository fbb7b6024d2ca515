/** The emulator for Secrets Manager is held to moto, which others made: the same calls must have the same effects. */
import {
  CreateSecretCommand,
  DescribeSecretCommand,
  GetSecretValueCommand,
  PutSecretValueCommand,
  RotateSecretCommand,
  SecretsManagerClient,
  UpdateSecretVersionStageCommand,
} from "@aws-sdk/client-secrets-manager";
import { setTimeout } from "node:timers/promises";
import { startAwsEmulator, type AwsEmulator } from "../../local/aws-emulator";
import { startMoto, type Moto } from "../support/moto";
import { describeWith } from "../support/tools";

const NAME = "example/secret";
const [V1, V2, V3] = ["1", "2", "3"].map((digit) => `${digit.repeat(8)}-0000-4000-8000-${digit.repeat(12)}`) as [
  string,
  string,
  string,
];

type Call =
  | { put: string; text: string; labels?: string[] }
  | { move: string; to?: string; from?: string }
  | { get: string }
  | { getLabel: string };

const put = (version: string, text: string, ...labels: string[]): Call => ({
  put: version,
  text,
  ...(labels.length > 0 && { labels }),
});

const CASES: [what: string, calls: Call[]][] = [
  ["the first version is current, whatever is asked for", [put(V1, "a", "AWSPENDING"), { getLabel: "AWSCURRENT" }]],
  [
    "a new version is current, the one before it previous",
    [put(V1, "a"), put(V2, "b"), put(V3, "c"), { getLabel: "AWSPREVIOUS" }],
  ],
  [
    "a pending version waits",
    [put(V1, "a"), put(V2, "b", "AWSPENDING"), { getLabel: "AWSCURRENT" }, { getLabel: "AWSPENDING" }],
  ],
  [
    "a version that is put again in the same words is one",
    [put(V1, "a"), put(V2, "b", "AWSPENDING"), put(V2, "b", "AWSPENDING")],
  ],
  [
    "promotion takes the label from the version that has it",
    [put(V1, "a"), put(V2, "b", "AWSPENDING"), { move: "AWSCURRENT", to: V2, from: V1 }, { getLabel: "AWSPREVIOUS" }],
  ],
  [
    "promotion needs the name of the version that has it",
    [put(V1, "a"), put(V2, "b", "AWSPENDING"), { move: "AWSCURRENT", to: V2 }],
  ],
  [
    "promotion is refused when another version has it",
    [put(V1, "a"), put(V2, "b"), put(V3, "c", "AWSPENDING"), { move: "AWSCURRENT", to: V3, from: V1 }],
  ],
  ["a label of one's own can be removed", [put(V1, "a"), put(V2, "b", "OWN"), { move: "OWN", from: V2 }]],
  ["a version that is not there", [put(V1, "a"), { get: V2 }, { getLabel: "AWSPENDING" }]],
  ["a secret without a version", [{ getLabel: "AWSCURRENT" }]],
];

describeWith("moto", "the Secrets Manager emulator", (path) => {
  let moto: Moto;
  let aws: AwsEmulator;

  beforeAll(async () => {
    moto = await startMoto(path);
  });
  afterAll(() => moto?.close());
  beforeEach(async () => {
    aws = await startAwsEmulator();
    aws.secrets.declare(NAME);
  });
  afterEach(() => aws.close());

  test.each(CASES)("%s", async (what, calls) => {
    const theirs = client(moto.endpoint);
    const name = `example/${CASES.findIndex(([other]) => other === what)}`;
    await theirs.send(new CreateSecretCommand({ Name: name }));
    const [ours, expected] = [await effects(client(aws.endpoint), NAME, calls), await effects(theirs, name, calls)];
    expect(expected.outcomes.length).toBe(calls.length);
    expect(ours).toEqual(expected);
  });
});

function client(endpoint: string): SecretsManagerClient {
  return new SecretsManagerClient({
    endpoint,
    region: "us-east-1",
    credentials: { accessKeyId: "test", secretAccessKey: "test" },
    maxAttempts: 1,
  });
}

/** What each call answered, and which labels are where in the end. */
async function effects(client: SecretsManagerClient, SecretId: string, calls: Call[]) {
  const outcomes: string[] = [];
  for (const call of calls) outcomes.push(await carryOut(client, SecretId, call).catch((error: Error) => error.name));
  const { VersionIdsToStages = {} } = await client.send(new DescribeSecretCommand({ SecretId }));
  client.destroy();
  // Where a version has lost its last label, moto lists it with none; AWS does not (API_DescribeSecret).
  const labelled = Object.entries(VersionIdsToStages).filter(([, labels]) => labels.length > 0);
  return { outcomes, labels: Object.fromEntries(labelled.map(([id, labels]) => [id, [...labels].sort()])) };
}

async function carryOut(client: SecretsManagerClient, SecretId: string, call: Call): Promise<string> {
  if ("put" in call) {
    const { labels } = call;
    await client.send(
      new PutSecretValueCommand({
        SecretId,
        ClientRequestToken: call.put,
        SecretString: call.text,
        ...(labels && { VersionStages: labels }),
      }),
    );
    return "put";
  }
  if ("move" in call) {
    await client.send(
      new UpdateSecretVersionStageCommand({
        SecretId,
        VersionStage: call.move,
        ...(call.to && { MoveToVersionId: call.to }),
        ...(call.from && { RemoveFromVersionId: call.from }),
      }),
    );
    return "moved";
  }
  const { SecretString } = await client.send(
    new GetSecretValueCommand({
      SecretId,
      ...("get" in call ? { VersionId: call.get } : { VersionStage: call.getLabel }),
    }),
  );
  return String(SecretString);
}

// moto overwrites it. https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_PutSecretValue.html,
// ClientRequestToken
test("a version of the emulator is never overwritten", async () => {
  const aws = await startAwsEmulator();
  aws.secrets.declare(NAME);
  const { outcomes } = await effects(client(aws.endpoint), NAME, [put(V1, "a"), put(V1, "b"), { get: V1 }]);
  expect(outcomes).toEqual(["put", "ResourceExistsException", "a"]);
  await aws.close();
});

describe("a rotation of the emulator", () => {
  let aws: AwsEmulator;
  let steps: string[];

  beforeEach(async () => {
    steps = [];
    aws = await startAwsEmulator();
    aws.secrets.declare(NAME);
    aws.rotators.set(NAME, "rotator");
  });
  afterEach(() => aws.close());

  test("calls the four steps in order, with one version", async () => {
    aws.functions.set("rotator", async (event) => {
      const { Step, ClientRequestToken } = event as { Step: string; ClientRequestToken: string };
      steps.push(`${Step} ${ClientRequestToken}`);
    });
    await aws.rotate(NAME);
    const version = steps[0]!.split(" ")[1]!;
    expect(steps).toEqual(
      ["createSecret", "setSecret", "testSecret", "finishSecret"].map((step) => `${step} ${version}`),
    );
  });

  test("that fails is tried again with the same version by the next one", async () => {
    let isBroken = true;
    const versions = new Set<string>();
    aws.functions.set("rotator", async (event) => {
      const { Step, ClientRequestToken } = event as { Step: string; ClientRequestToken: string };
      versions.add(ClientRequestToken);
      steps.push(Step);
      if (Step === "setSecret" && isBroken) throw new Error("broken");
    });
    await expect(aws.rotate(NAME)).rejects.toThrow("broken");
    isBroken = false;
    const ours = client(aws.endpoint);

    await expect(ours.send(new RotateSecretCommand({ SecretId: NAME }))).rejects.toThrow(
      "A previous rotation isn't complete",
    );
    for (let tries = 0; tries < 100 && !steps.includes("finishSecret"); tries++) await setTimeout(10);
    ours.destroy();
    expect([steps.at(-1), versions.size]).toEqual(["finishSecret", 1]);
  });
});
