/**
 * Each function may do what its code does, and nothing else. What it does is read from the very modules that its bundle
 * holds, what it may do from the stack that is written.
 */
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buildSync } from "esbuild";
import { parseConfig } from "../../config/load";
import { synthesize } from "../../stacks/synthesize";
import { EVERYTHING, WITH_ASSERTIONS } from "../support/configs";
import { emptyArtifacts } from "../support/empty-artifacts";

const ROOT = join(__dirname, "../..");

/** Prefix of a service's IAM actions, by the SDK's client or by what the auth handler calls the service. */
const PREFIXES: Record<string, string> = {
  "client-cloudfront-keyvaluestore": "cloudfront-keyvaluestore",
  "client-cloudwatch-logs": "logs",
  "client-dynamodb": "dynamodb",
  "client-s3": "s3",
  "client-secrets-manager": "secretsmanager",
  "client-sqs": "sqs",
  dynamodb: "dynamodb",
  events: "events",
  kms: "kms",
  secretsmanager: "secretsmanager",
  sqs: "sqs",
  ssm: "ssm",
  sts: "sts",
};

/** Operations whose action has another name. */
const ACTIONS: Record<string, string> = { "s3:ListObjectsV2": "s3:ListBucket" };

/** Sends what the functions of ledger/ ask for, which are read where they are. */
const LEDGER_SENDER = "control-plane/ledger/aws.ts";

/**
 * What a role needs although no code calls it: Lambda writes the log and empties the queue, other services ask for the
 * key.
 */
const FOR_SERVICES: Record<string, string[]> = {
  auth: ["logs:CreateLogGroup", "logs:CreateLogStream", "logs:PutLogEvents", "kms:Decrypt", "kms:GenerateDataKey"],
  bearer: ["logs:CreateLogGroup", "logs:CreateLogStream", "logs:PutLogEvents", "kms:Decrypt", "kms:GenerateDataKey"],
  // An object is read by its address, without the name of an operation.
  site_handler: ["logs:CreateLogGroup", "logs:CreateLogStream", "logs:PutLogEvents", "s3:GetObject"],
  audit: ["logs:CreateLogStream", "logs:PutLogEvents"],
  key_rotator: ["logs:CreateLogStream", "logs:PutLogEvents", "kms:Decrypt", "kms:GenerateDataKey"],
  revoker: [
    "logs:CreateLogStream",
    "logs:PutLogEvents",
    "kms:Decrypt",
    "kms:GenerateDataKey",
    "sqs:DeleteMessage",
    "sqs:GetQueueAttributes",
    "sqs:ReceiveMessage",
  ],
};

interface Bundle {
  entry: string;
  /** The functions that run it. */
  functions: string[];
  services: string[];
  /** In a module that the bundle shares, and never called by it. */
  unused?: string[];
}

const BUNDLES: Bundle[] = [
  { entry: "edge-handlers/auth/cloudfront.ts", functions: ["auth"], services: FOR_SERVICES["auth"]! },
  { entry: "edge-handlers/bearer/cloudfront.ts", functions: ["bearer"], services: FOR_SERVICES["bearer"]! },
  {
    entry: "edge-handlers/site/cloudfront.ts",
    functions: ["site_handler"],
    services: FOR_SERVICES["site_handler"]!,
  },
  { entry: "control-plane/archiver/lambda.ts", functions: ["audit"], services: FOR_SERVICES["audit"]! },
  {
    entry: "control-plane/key-rotator/lambda.ts",
    functions: ["key_rotator"],
    services: FOR_SERVICES["key_rotator"]!,
    unused: ["dynamodb:Query", "dynamodb:Scan"],
  },
  {
    entry: "control-plane/revoker/lambda.ts",
    functions: ["revoker", "revoker_consumer"],
    services: FOR_SERVICES["revoker"]!,
  },
];

interface Statement {
  Sid: string;
  Effect: string;
  Action: string | string[];
  Resource?: string | string[];
  Condition?: object;
}

describe("what the functions may do", () => {
  const folder = mkdtempSync(join(tmpdir(), "edgegate-permissions-"));
  afterAll(() => rmSync(folder, { recursive: true }));
  const artifacts = emptyArtifacts(folder);
  // Functions of one's own change no permission, and do not fit into one gate beside assertions.
  const config = parseConfig({ ...EVERYTHING, ...WITH_ASSERTIONS, viewerRequest: undefined });
  const { stackDir } = synthesize(config, { outdir: join(folder, "out"), artifacts });
  const { resource } = JSON.parse(readFileSync(join(stackDir, "cdk.tf.json"), "utf8")) as {
    resource: Record<string, Record<string, { policy: string }>>;
  };
  const statements = (name: string) =>
    (JSON.parse(resource["aws_iam_role_policy"]![`${name}_permissions`]!.policy) as { Statement: Statement[] })
      .Statement;
  const roles = Object.keys(resource["aws_iam_role_policy"]!)
    .map((name) => name.replace(/_permissions$/, ""))
    .sort();

  test.each(BUNDLES)("is what $entry does", ({ entry, functions, services, unused = [] }) => {
    const allowed = functions.flatMap((name) => statements(name).flatMap(({ Action }) => Action));
    const called = [...callsIn(entry)].filter((action) => !unused.includes(action));
    expect([...new Set(allowed)].sort()).toEqual([...new Set([...called, ...services])].sort());
  });

  test("is known of every role", () => {
    // CloudTrail writes a log with the last one.
    expect(roles).toEqual([...BUNDLES.flatMap(({ functions }) => functions), "store_access"].sort());
    expect(Object.keys(resource["aws_iam_role"]!).sort()).toEqual(roles.map((name) => `${name}_role`).sort());
  });

  test("is bounded: no wildcard for actions, and a name in every resource", () => {
    for (const { Sid, Effect, Action, Resource, Condition } of roles.flatMap(statements)) {
      expect([Sid, Effect]).toEqual([Sid, "Allow"]);
      expect([Action].flat().filter((action) => !/^[a-z0-9-]+:[A-Z][A-Za-z]+$/.test(action))).toEqual([]);
      // It has no resource: what it may be asked for is bounded by its conditions.
      if (Action === "sts:GetWebIdentityToken") {
        expect(Object.keys(Condition ?? {})).toEqual([
          "ForAllValues:StringEquals",
          "StringEquals",
          "NumericLessThanEquals",
        ]);
        continue;
      }
      const resources = [Resource ?? "*"].flat();
      expect([Sid, resources.filter((name) => !isBounded(name))]).toEqual([Sid, []]);
    }
  });

  const [SESSIONS, REVOCATIONS] = ["sessions", "revocations"].map(
    (table) => `\${aws_dynamodb_table.ledger_${table}.arn}`,
  ) as [string, string];
  const SECRET = "${aws_secretsmanager_secret.secret_session_keys.arn}";
  const queue = (name: string) => `\${aws_sqs_queue.revoker_queue_${name}.arn}`;
  const RECORDS = ["DescribeKeyValueStore", "GetKey", "ListKeys", "UpdateKeys"];
  const RECORD_OF_REVOCATION = ["BatchGetItem", "GetItem", "PutItem"];

  // Two functions run one bundle; what only one of them does, only it may do.
  test.each<[name: string, sid: string, service: string, actions: string[], resources: string[]]>([
    ["revoker_consumer", "Revocations", "dynamodb", RECORD_OF_REVOCATION, [REVOCATIONS]],
    ["revoker_consumer", "Sessions", "dynamodb", ["GetItem", "Query"], [SESSIONS]],
    ["revoker_consumer", "SessionKeys", "secretsmanager", ["DescribeSecret", "GetSecretValue"], [SECRET]],
    [
      "revoker_consumer",
      "Store",
      "cloudfront-keyvaluestore",
      RECORDS,
      ["${aws_cloudfront_key_value_store.session_store.arn}"],
    ],
    [
      "revoker_consumer",
      "Receive",
      "sqs",
      ["DeleteMessage", "GetQueueAttributes", "ReceiveMessage"],
      [queue("revocations"), queue("sign_outs")],
    ],
    ["revoker_consumer", "DeadLetter", "sqs", ["SendMessage"], [queue("dead")]],
    ["revoker", "Revocations", "dynamodb", RECORD_OF_REVOCATION, [REVOCATIONS]],
    ["revoker", "AllRevocations", "dynamodb", ["Scan"], [REVOCATIONS]],
    ["revoker", "Sessions", "dynamodb", ["BatchGetItem", "GetItem", "Query"], [SESSIONS]],
    ["revoker", "SessionKeys", "secretsmanager", ["DescribeSecret", "GetSecretValue"], [SECRET]],
    ["revoker", "NewKeys", "secretsmanager", ["PutSecretValue", "UpdateSecretVersionStage"], [SECRET]],
    ["revoker", "Store", "cloudfront-keyvaluestore", RECORDS, ["${aws_cloudfront_key_value_store.session_store.arn}"]],
    [
      "revoker",
      "ReplicaLogs",
      "logs",
      ["PutRetentionPolicy"],
      ["auth", "bearer", "site"].map((name) => `arn:aws:logs:*:*:log-group:/aws/lambda/us-east-1.everything-${name}:*`),
    ],
    [
      "audit",
      "Events",
      "logs",
      ["FilterLogEvents"],
      [
        ...["auth", "bearer", "site"].map(
          (name) => `arn:aws:logs:*:*:log-group:/aws/lambda/us-east-1.everything-${name}:*`,
        ),
        ...["revoker", "revocations", "key-rotator"].map(
          (name) => `arn:aws:logs:us-east-1:*:log-group:/aws/lambda/everything-${name}:*`,
        ),
      ],
    ],
    ["audit", "Add", "s3", ["PutObject"], ["${aws_s3_bucket.audit_bucket.arn}/edgegate/everything/*"]],
    ["audit", "SeeWhatIsThere", "s3", ["ListBucket"], ["${aws_s3_bucket.audit_bucket.arn}"]],
    ["key_rotator", "Revocations", "dynamodb", RECORD_OF_REVOCATION, [REVOCATIONS]],
    ["key_rotator", "SessionKeys", "secretsmanager", ["DescribeSecret", "GetSecretValue"], [SECRET]],
    ["key_rotator", "NewKeys", "secretsmanager", ["PutSecretValue", "UpdateSecretVersionStage"], [SECRET]],
    [
      "key_rotator",
      "OriginSecret",
      "secretsmanager",
      ["DescribeSecret", "GetSecretValue", "PutSecretValue", "UpdateSecretVersionStage"],
      ["${aws_secretsmanager_secret.secret_origin.arn}"],
    ],
    [
      "key_rotator",
      "AssertionKeys",
      "secretsmanager",
      ["DescribeSecret", "GetSecretValue", "PutSecretValue", "UpdateSecretVersionStage"],
      ["${aws_secretsmanager_secret.secret_assertion.arn}"],
    ],
    [
      "bearer",
      "Secrets",
      "secretsmanager",
      ["GetSecretValue"],
      ["arn:aws:secretsmanager:us-east-1:*:secret:edgegate/everything/assertion-??????"],
    ],
    [
      "key_rotator",
      "Store",
      "cloudfront-keyvaluestore",
      RECORDS,
      ["${aws_cloudfront_key_value_store.session_store.arn}"],
    ],
  ])("of %s, %s: %s %j, on its own resources", (name, sid, service, actions, resources) => {
    const found = statements(name).find(({ Sid }) => Sid === sid);
    expect([[found?.Action].flat(), [found?.Resource].flat()]).toEqual([
      actions.map((action) => `${service}:${action}`),
      resources,
    ]);
  });

  test.each([
    ["revoker_consumer", ["Revocations", "SessionKeys", "Store", "Sessions", "Receive", "DeadLetter", "Key", "Logs"]],
    [
      "revoker",
      ["Revocations", "SessionKeys", "Store", "Sessions", "AllRevocations", "NewKeys", "ReplicaLogs", "Key", "Logs"],
    ],
    ["audit", ["Events", "Add", "SeeWhatIsThere", "Logs"]],
    ["site_handler", ["Logs", "Files"]],
    ["key_rotator", ["SessionKeys", "NewKeys", "OriginSecret", "AssertionKeys", "Store", "Revocations", "Key", "Logs"]],
    ["bearer", ["Settings", "Secrets", "Logs", "ServiceTokens", "ServiceTokenUse", "Key"]],
  ])("of %s: nothing beside %j", (name, sids) => {
    expect(statements(name).map(({ Sid }) => Sid)).toEqual(sids);
  });

  test("lets nothing but the handlers of the edge write the table of sessions, and these write no revocation", () => {
    const writes = roles.flatMap((name) =>
      statements(name).flatMap(({ Action, Resource }) =>
        [Action]
          .flat()
          .filter((action) => /^dynamodb:(Put|Update|Delete|BatchWrite)/.test(action))
          .map((action) => [name, action, [Resource].flat().join()]),
      ),
    );
    expect(writes).toEqual([
      ["auth", "dynamodb:BatchWriteItem", "arn:aws:dynamodb:us-east-1:*:table/everything-sessions"],
      ["auth", "dynamodb:PutItem", "arn:aws:dynamodb:us-east-1:*:table/everything-sessions"],
      ["auth", "dynamodb:UpdateItem", "arn:aws:dynamodb:us-east-1:*:table/everything-sessions"],
      // When a service token was used, and nothing else: see below.
      ["bearer", "dynamodb:PutItem", "arn:aws:dynamodb:us-east-1:*:table/everything-sessions"],
      ["key_rotator", "dynamodb:PutItem", "${aws_dynamodb_table.ledger_revocations.arn}"],
      ["revoker", "dynamodb:PutItem", "${aws_dynamodb_table.ledger_revocations.arn}"],
      ["revoker_consumer", "dynamodb:PutItem", "${aws_dynamodb_table.ledger_revocations.arn}"],
    ]);
  });

  test("lets the bearer handler write no item of a session", () => {
    expect(statements("bearer").find(({ Sid }) => Sid === "ServiceTokenUse")!.Condition).toEqual({
      "ForAllValues:StringLike": { "dynamodb:LeadingKeys": ["service-token#*"] },
    });
  });

  test.each([
    ["auth", ["dynamodb", "secretsmanager", "sqs"]],
    ["bearer", ["dynamodb", "secretsmanager"]],
    ["key_rotator", ["dynamodb", "secretsmanager"]],
    ["revoker", ["dynamodb", "secretsmanager"]],
    ["revoker_consumer", ["dynamodb", "secretsmanager", "sqs"]],
  ])("lets %s use the config's key through %j only", (name, services) => {
    expect(
      statements(name).filter(
        ({ Sid, Action }) => Sid !== "ClientKeys" && [Action].flat().some((action) => action.startsWith("kms:")),
      ),
    ).toEqual([
      {
        Sid: "Key",
        Effect: "Allow",
        Action: ["kms:Decrypt", "kms:GenerateDataKey"],
        Resource: EVERYTHING.kmsKeyArn,
        Condition: {
          StringEquals: { "kms:ViaService": services.map((service) => `${service}.us-east-1.amazonaws.com`) },
        },
      },
    ]);
  });
});

/** A reference to one resource and parts of it, or an ARN that names one in this account, wherever that is. */
function isBounded(resource: string): boolean {
  return (
    /^\$\{[\w.-]+\.arn\}(:\*)?$/.test(resource) ||
    // The gateway's objects in the archive.
    resource === "${aws_s3_bucket.audit_bucket.arn}/edgegate/everything/*" ||
    // The objects of one bucket, made here or not.
    /^(\$\{aws_s3_bucket\.[\w.-]+\.arn\}|arn:aws:s3:::[a-z0-9.-]+)\/\*$/.test(resource) ||
    /^arn:aws:[a-z]+:(us-east-1|\*):(\*|\d{12}):[^*]*[a-z0-9/-]{5}[^*]*(:\*)?$/.test(resource)
  );
}

/** The IAM actions of the AWS calls in a bundle. */
function callsIn(entry: string): Set<string> {
  const { metafile, outputFiles } = buildSync({
    absWorkingDir: ROOT,
    entryPoints: [`./${entry}`],
    bundle: true,
    write: false,
    metafile: true,
    platform: "node",
    mainFields: ["module", "main"],
    tsconfigRaw: {},
  });
  const modules = Object.keys(metafile.inputs).filter(
    (path) => !path.includes("node_modules/") && path !== LEDGER_SENDER,
  );
  return new Set([
    ...modules.flatMap((path) => callsOf(readFileSync(join(ROOT, path), "utf8"))),
    ...(modules.some((path) => path.startsWith("ledger/")) ? ledgerCallsOf(outputFiles[0]!.text) : []),
  ]);
}

function callsOf(source: string): string[] {
  const clients = [...source.matchAll(/from "@aws-sdk\/(client-[a-z0-9-]+)"/g)].map(([, client]) => client!);
  const commands = [...source.matchAll(/new (\w+)Command\(|\bpaginate(\w+)\(/g)].map(
    ([, command, pages]) => command ?? pages!,
  );
  if (commands.length > 0 && clients.length !== 1) throw new Error(`whose calls are these: ${commands.join()}?`);
  const plain = [...source.matchAll(/callAws(?:Query)?\("(\w+)", "(\w+)"/g)].map(([, service, operation]) =>
    actionOf(service!, operation!),
  );
  return [...commands.map((command) => actionOf(clients[0]!, command)), ...plain];
}

/** A bundle contains only the functions of ledger/ that it calls. esbuild puts the path of each module before it. */
function ledgerCallsOf(bundle: string): string[] {
  const modules = bundle.split(/^(?=\/\/ [\w@./-]+$)/m).filter((module) => module.startsWith("// ledger/"));
  if (modules.length === 0) throw new Error("the bundle contains nothing of ledger/");
  return modules.flatMap((module) =>
    [...module.matchAll(/(?:\boperation: |\breadPages\()"(\w+)"/g)].map(([, operation]) =>
      actionOf("dynamodb", operation!),
    ),
  );
}

function actionOf(service: string, operation: string): string {
  const prefix = PREFIXES[service];
  if (prefix === undefined) throw new Error(`no IAM prefix is known of ${service}`);
  const action = `${prefix}:${operation}`;
  return ACTIONS[action] ?? action;
}
