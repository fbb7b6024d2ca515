import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { configSchema } from "../../config/schema";
import { readControlPlane, type ControlPlane } from "../../local/control-plane";
import { localConfig } from "../../local/local-config";
import { synthesize } from "../../stacks/synthesize";
import { TEST_CONFIG } from "../support/local-edge";

describe("the control plane of a synthesized stack", () => {
  const folder = mkdtempSync(join(tmpdir(), "edgegate-test-"));
  let controlPlane: ControlPlane;

  beforeAll(() => {
    const { stackDir } = synthesize(
      localConfig(configSchema.parse(TEST_CONFIG), "app.localhost:8443", "https://localhost:9443"),
      { outdir: folder },
    );
    controlPlane = readControlPlane(join(stackDir, "cdk.tf.json"));
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  const functionNamed = (name: string) => controlPlane.functions.find(({ functionName }) => functionName === name)!;

  test("is every function with an environment, and no Lambda@Edge function", () => {
    expect(controlPlane.functions.map(({ functionName, zip }) => [functionName, basename(zip)]).sort()).toEqual([
      ["local-test-key-rotator", "key-rotator.zip"],
      ["local-test-revocations", "revoker.zip"],
      ["local-test-revoker", "revoker.zip"],
    ]);
  });

  test("has an environment of values, with the names of other resources filled in", () => {
    expect(functionNamed("local-test-revoker")).toMatchObject({
      timeLimit: 900_000,
      env: {
        KEY_VALUE_STORE_ARN: expect.stringMatching(/^arn:aws:cloudfront::111122223333:key-value-store\//),
        SESSION_KEYS_SECRET_ARN: expect.stringMatching(
          /^arn:aws:secretsmanager:us-east-1:111122223333:secret:edgegate\/local-test\/session-keys-\w{6}$/,
        ),
        SESSIONS_TABLE: "local-test-sessions",
        DEAD_QUEUE_URL: "https://sqs.us-east-1.amazonaws.com/111122223333/local-test-revocations-dead",
        TOKEN_SECONDS: "900",
      },
    });
    for (const { env } of controlPlane.functions)
      expect(Object.values(env).filter((value) => value.includes("${"))).toEqual([]);
  });

  test("waits for no edge: there is one, and it reads the store itself", () => {
    expect(functionNamed("local-test-key-rotator").env).toMatchObject({
      PROPAGATION_SECONDS: "0",
      KEY_ANNOUNCEMENT_SECONDS: "0",
    });
  });

  test("knows who rotates the session keys and the origin secret", () => {
    expect(controlPlane.rotators).toEqual({
      "edgegate/local-test/session-keys": "local-test-key-rotator",
      "edgegate/local-test/origin": "local-test-key-rotator",
    });
  });

  test("knows who gets the messages of each queue, and gathers none for longer than a person waits", () => {
    const shared = { functionName: "local-test-revocations", window: 1000, maxReceives: 5 };
    expect(controlPlane.queues).toEqual([
      {
        ...shared,
        queueName: "local-test-revocations",
        queueUrl: "https://sqs.us-east-1.amazonaws.com/111122223333/local-test-revocations",
        batchSize: 500,
        concurrency: 5,
      },
      {
        ...shared,
        queueName: "local-test-sign-outs",
        queueUrl: "https://sqs.us-east-1.amazonaws.com/111122223333/local-test-sign-outs",
        batchSize: 1000,
        concurrency: 2,
      },
    ]);
  });
});
