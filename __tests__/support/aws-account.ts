/**
 * An AWS account to apply to: moto with what it lacks (aws-account/server.py), functions that run the very zips that
 * were uploaded with the environment that was configured, and the KeyValueStores' data API.
 */
import { spawn, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import type { IncomingMessage, ServerResponse } from "node:http";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { deterministicZip } from "../../build/zip";
import { startKeyValueStoreEmulator, type KeyValueStoreEmulator } from "../../local/key-value-store-emulator";
import { startLambda, type Lambda } from "../../local/lambda";
import { startPlainServer } from "../../local/plain-server";
import { freePort } from "./free-port";
import { lambdaNode } from "./tools";
import { untilUp } from "./until-up";

export interface AwsAccount {
  endpoint: string;
  /** By which Terraform, the SDK and the CLIs reach the account. */
  environment: Record<string, string>;
  /** The KeyValueStore with this ARN; empty before its first writer came. */
  store(arn: string): Promise<KeyValueStoreEmulator>;
  /** @returns the id of a hosted zone that was made for the domain */
  createHostedZone(domain: string): Promise<string>;
  /** A function of somebody else's, with an alias. */
  createFunction(name: string, alias: string): Promise<void>;
  /** To an SNS topic. */
  publish(topicArn: string, message: string): Promise<void>;
  /** CloudFront's own API: the answer's text. @param path below the version, with its query */
  cloudFront(path: string): Promise<string>;
  /** Everything that there is, one line each. */
  inventory(): Promise<string[]>;
  /** The actions that Terraform needed, as IAM spells them. @param accessKey only those that were signed with it */
  calls(accessKey?: string): Promise<string[]>;
  /** An object in a bucket of somebody else's, which is made for it. */
  putObject(bucket: string, key: string, body: string): Promise<void>;
  /** Its text. */
  getObject(bucket: string, key: string): Promise<string>;
  /** All that the functions wrote. */
  logs(): string;
  close(): Promise<void>;
}

/** As moto passes it on: what was uploaded, with the environment that was configured. */
interface Invocation {
  functionName: string;
  /** base64. */
  zip: string;
  environment: Record<string, string>;
  event: unknown;
}

/** The most that Lambda allows, in milliseconds. */
const INVOCATION_LIMIT = 900_000;
/** Seconds. There is one edge, which has every record immediately, and one handler. */
const WITHOUT_WAITS = { PROPAGATION_SECONDS: "0", KEY_ANNOUNCEMENT_SECONDS: "0" };
const ACCOUNT_ID = "111122223333";

/**
 * @param moto path of `moto_server`
 * @param trusted file with the certificates that functions trust beside the usual ones
 * @throws Error when the account does not answer
 */
export async function startAwsAccount(moto: string, trusted: string): Promise<AwsAccount> {
  const folder = mkdtempSync(join(tmpdir(), "edgegate-account-"));
  const stores = new Map<string, Promise<KeyValueStoreEmulator>>();
  const functions = new Map<string, Promise<Lambda>>();
  const processes: Lambda[] = [];
  const endpoint = `http://127.0.0.1:${await freePort()}`;
  const environment = {
    AWS_ENDPOINT_URL: endpoint,
    AWS_REGION: "us-east-1",
    AWS_ACCESS_KEY_ID: "local",
    AWS_SECRET_ACCESS_KEY: "local",
    AWS_EC2_METADATA_DISABLED: "true",
  };

  function store(arn: string): Promise<KeyValueStoreEmulator> {
    if (!stores.has(arn)) stores.set(arn, startKeyValueStoreEmulator(arn));
    return stores.get(arn)!;
  }

  /** One process for each code and environment, as long as the account lives. */
  async function run({ functionName, zip, environment, event }: Invocation): Promise<unknown> {
    const id = createHash("sha256")
      .update(JSON.stringify([functionName, zip, environment]))
      .digest("hex");
    if (!functions.has(id)) functions.set(id, start(id));
    return (await functions.get(id)!).invoke(event);

    async function start(id: string): Promise<Lambda> {
      const file = join(folder, `${id}.zip`);
      writeFileSync(file, Buffer.from(zip, "base64"));
      const arn = environment["KEY_VALUE_STORE_ARN"];
      const lambda = await startLambda({
        zip: file,
        functionName,
        node: lambdaNode(),
        timeLimit: INVOCATION_LIMIT,
        env: {
          ...environment,
          ...(arn !== undefined && WITHOUT_WAITS),
          AWS_ENDPOINT_URL: endpoint,
          ...(arn !== undefined && { AWS_ENDPOINT_URL_CLOUDFRONT_KEYVALUESTORE: (await store(arn)).endpoint }),
          NODE_EXTRA_CA_CERTS: trusted,
          NODE_OPTIONS: `--require ${join(__dirname, "../../local/localhost-names.js")} --disable-warning=ExperimentalWarning`,
        },
      });
      processes.push(lambda);
      return lambda;
    }
  }

  const runner = await startRunner(run);
  const server = spawn(
    pythonOf(moto),
    [join(__dirname, "aws-account/server.py"), endpoint.split(":")[2]!, runner.url],
    {
      stdio: ["ignore", "ignore", process.env["EDGEGATE_ACCOUNT_LOG"] ? "inherit" : "ignore"],
      env: {
        ...process.env,
        PYTHONDONTWRITEBYTECODE: "1",
        MOTO_ACCOUNT_ID: ACCOUNT_ID,
        MOTO_IAM_LOAD_MANAGED_POLICIES: "true",
        // Seconds until a certificate is issued.
        MOTO_ACM_VALIDATION_WAIT: "0",
      },
    },
  );
  const ended = new Promise((resolve) => server.once("close", resolve));

  async function send(path: string, options: RequestInit = {}): Promise<string> {
    const response = await fetch(`${endpoint}${path}`, options);
    if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
    return response.text();
  }

  /** For moto, which reads from the signature which service is meant. */
  const signedFor = (service: string) => ({
    authorization: `AWS4-HMAC-SHA256 Credential=local/20260101/us-east-1/${service}/aws4_request, SignedHeaders=host, Signature=0`,
  });
  const request = (service: string, path: string, body: string | URLSearchParams) =>
    send(path, { method: "POST", headers: signedFor(service), body });

  async function createHostedZone(domain: string): Promise<string> {
    const body = `<CreateHostedZoneRequest xmlns="https://route53.amazonaws.com/doc/2013-04-01/"><CallerReference>${domain}</CallerReference><Name>${domain}</Name></CreateHostedZoneRequest>`;
    return /\/hostedzone\/(Z\w+)/.exec(await request("route53", "/2013-04-01/hostedzone", body))![1]!;
  }

  async function createFunction(name: string, alias: string): Promise<void> {
    const AssumeRolePolicyDocument = JSON.stringify({ Version: "2012-10-17", Statement: [] });
    await request(
      "iam",
      "/",
      new URLSearchParams({ Action: "CreateRole", Version: "2010-05-08", RoleName: name, AssumeRolePolicyDocument }),
    );
    const body = {
      FunctionName: name,
      Role: `arn:aws:iam::${ACCOUNT_ID}:role/${name}`,
      Runtime: "nodejs22.x",
      Handler: "index.handler",
      Code: { ZipFile: Buffer.from(deterministicZip({ "index.js": new Uint8Array() })).toString("base64") },
      Publish: true,
    };
    await request("lambda", "/2015-03-31/functions", JSON.stringify(body));
    await request(
      "lambda",
      `/2015-03-31/functions/${name}/aliases`,
      JSON.stringify({ Name: alias, FunctionVersion: "1" }),
    );
  }

  async function publish(topicArn: string, message: string): Promise<void> {
    await request(
      "sns",
      "/",
      new URLSearchParams({ Action: "Publish", Version: "2010-03-31", TopicArn: topicArn, Message: message }),
    );
  }

  async function close(): Promise<void> {
    server.kill();
    await ended;
    await runner.close();
    await Promise.allSettled(functions.values());
    await Promise.all(processes.map((lambda) => lambda.close()));
    await Promise.all([...stores.values()].map(async (store) => (await store).close()));
    rmSync(folder, { recursive: true });
  }

  try {
    await untilUp("the AWS account", `${endpoint}/moto-api/`);
  } catch (error) {
    await close();
    throw error;
  }
  return {
    endpoint,
    environment,
    store,
    createHostedZone,
    createFunction,
    publish,
    cloudFront: (path) => send(`/2020-05-31/${path}`),
    async calls(accessKey) {
      const byKey = JSON.parse(await send("/calls")) as Record<string, string[]>;
      return accessKey === undefined ? [...new Set(Object.values(byKey).flat())].sort() : (byKey[accessKey] ?? []);
    },
    async putObject(bucket, key, body) {
      await send(`/${bucket}`, { method: "PUT", headers: signedFor("s3") });
      await send(`/${bucket}/${key}`, { method: "PUT", headers: signedFor("s3"), body });
    },
    getObject: (bucket, key) => send(`/${bucket}/${key}`, { headers: signedFor("s3") }),
    inventory: async () => JSON.parse(await send("/inventory")) as string[],
    logs: () => processes.map((lambda) => lambda.logs()).join(""),
    close,
  };
}

/** For moto: POST of an {@link Invocation}; what the handler threw comes back as Lambda has it. */
async function startRunner(
  run: (invocation: Invocation) => Promise<unknown>,
): Promise<{ url: string; close(): Promise<void> }> {
  const answer = async (request: IncomingMessage, response: ServerResponse) => {
    let text = "";
    for await (const chunk of request) text += String(chunk);
    try {
      const result = await run(JSON.parse(text) as Invocation);
      response.end(JSON.stringify(result ?? null));
    } catch (error) {
      // https://docs.aws.amazon.com/lambda/latest/dg/nodejs-exceptions.html
      response.setHeader("x-amz-function-error", "Unhandled");
      response.end(JSON.stringify({ errorType: "Error", errorMessage: (error as Error).message }));
    }
  };
  const { port, close } = await startPlainServer(answer);
  return { url: `http://127.0.0.1:${port}`, close };
}

/** The Python that has moto: of the environment that the command is in, or of the machine. */
function pythonOf(moto: string): string {
  const beside = join(dirname(moto), "python3");
  return spawnSync(beside, ["-c", "import moto"]).status === 0 ? beside : "python3";
}
