/**
 * Each function may do what its code does, and nothing else. What it does is read from the very modules that its bundle holds,
 * what it may do from the stack that is written.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buildSync } from "esbuild";
import { parseConfig } from "../../config/load";
import { synthesize } from "../../stacks/synthesize";
import { EVERYTHING } from "../support/configs";

const ROOT = join(__dirname, "../..");

/** Prefix of a service's IAM actions, by the SDK's client or by what the auth handler calls the service. */
const PREFIXES: Record<string, string> = {
  "client-cloudfront-keyvaluestore": "cloudfront-keyvaluestore",
  "client-dynamodb": "dynamodb",
  "client-secrets-manager": "secretsmanager",
  "client-sqs": "sqs",
  dynamodb: "dynamodb",
  events: "events",
  secretsmanager: "secretsmanager",
  sqs: "sqs",
  ssm: "ssm",
};

/** What a role needs although no code calls it: Lambda writes the log and empties the queue, other services ask for the key. */
const FOR_SERVICES: Record<string, string[]> = {
  auth: ["logs:CreateLogGroup", "logs:CreateLogStream", "logs:PutLogEvents", "kms:Decrypt", "kms:GenerateDataKey"],
  key_rotator: ["logs:CreateLogStream", "logs:PutLogEvents", "kms:Decrypt", "kms:GenerateDataKey"],
  revoker: ["logs:CreateLogStream", "logs:PutLogEvents", "kms:Decrypt", "kms:GenerateDataKey", "sqs:DeleteMessage", "sqs:GetQueueAttributes", "sqs:ReceiveMessage"],
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
  { entry: "control-plane/key-rotator/lambda.ts", functions: ["key_rotator"], services: FOR_SERVICES["key_rotator"]!, unused: ["cloudfront-keyvaluestore:GetKey"] },
  { entry: "control-plane/revoker/lambda.ts", functions: ["revoker", "revoker_consumer"], services: FOR_SERVICES["revoker"]! },
];

interface Statement {
  Sid: string;
  Effect: string;
  Action: string | string[];
  Resource?: string | string[];
}

describe("what the functions may do", () => {
  const folder = mkdtempSync(join(tmpdir(), "edgegate-permissions-"));
  afterAll(() => rmSync(folder, { recursive: true }));
  const artifacts = { gate: join(folder, "gate.js"), auth: join(folder, "auth.zip"), keyRotator: join(folder, "key-rotator.zip"), revoker: join(folder, "revoker.zip") };
  for (const path of Object.values(artifacts)) writeFileSync(path, "");
  const { stackDir } = synthesize(parseConfig(EVERYTHING), { outdir: join(folder, "out"), artifacts });
  const { resource } = JSON.parse(readFileSync(join(stackDir, "cdk.tf.json"), "utf8")) as { resource: Record<string, Record<string, { policy: string }>> };
  const statements = (name: string) => (JSON.parse(resource["aws_iam_role_policy"]![`${name}_permissions`]!.policy) as { Statement: Statement[] }).Statement;
  const roles = Object.keys(resource["aws_iam_role_policy"]!).map((name) => name.replace(/_permissions$/, "")).sort();

  test.each(BUNDLES)("is what $entry does", ({ entry, functions, services, unused = [] }) => {
    const allowed = functions.flatMap((name) => statements(name).flatMap(({ Action }) => Action));
    const called = [...callsIn(entry)].filter((action) => !unused.includes(action));
    expect([...new Set(allowed)].sort()).toEqual([...new Set([...called, ...services])].sort());
  });

  test("is known of every role", () => {
    expect(roles).toEqual(BUNDLES.flatMap(({ functions }) => functions).sort());
    expect(Object.keys(resource["aws_iam_role"]!).sort()).toEqual(roles.map((name) => `${name}_role`).sort());
  });

  test("is bounded: no wildcard for actions, and a name in every resource", () => {
    for (const { Sid, Effect, Action, Resource } of roles.flatMap(statements)) {
      expect([Sid, Effect]).toEqual([Sid, "Allow"]);
      expect([Action].flat().filter((action) => !/^[a-z-]+:[A-Z][A-Za-z]+$/.test(action))).toEqual([]);
      const resources = [Resource ?? "*"].flat();
      expect([Sid, resources.filter((name) => !isBounded(name))]).toEqual([Sid, []]);
    }
  });

  test.each<[string, string, string[]]>([
    ["revoker_consumer", "Revocations", ["${aws_dynamodb_table.ledger_revocations.arn}"]],
    ["revoker_consumer", "SessionBySid", ["${aws_dynamodb_table.ledger_sessions.arn}/index/by-session"]],
    ["revoker_consumer", "SessionKeys", ["${aws_secretsmanager_secret.secret_session_keys.arn}"]],
    ["revoker_consumer", "ShardRecords", ["${aws_cloudfront_key_value_store.session_store.arn}"]],
    ["revoker_consumer", "Receive", ["${aws_sqs_queue.revoker_queue.arn}"]],
    ["revoker_consumer", "Send", ["revoker_queue", "revoker_queue_dead", "revoker_topic_failed"].map((name) => `\${aws_sqs_queue.${name}.arn}`)],
    ["revoker", "Revocations", ["${aws_dynamodb_table.ledger_revocations.arn}"]],
    ["revoker", "Standing", ["${aws_dynamodb_table.ledger_revocations.arn}"]],
    ["revoker", "Sessions", ["${aws_dynamodb_table.ledger_sessions.arn}", "${aws_dynamodb_table.ledger_sessions.arn}/index/by-session"]],
    ["revoker", "SessionKeys", ["${aws_secretsmanager_secret.secret_session_keys.arn}"]],
    ["revoker", "ShardRecords", ["${aws_cloudfront_key_value_store.session_store.arn}"]],
    ["key_rotator", "Revocations", ["${aws_dynamodb_table.ledger_revocations.arn}"]],
  ])("of %s, %s: on its own resources", (name, sid, expected) => {
    expect([statements(name).find(({ Sid }) => Sid === sid)?.Resource].flat()).toEqual(expected);
  });

  test("lets nothing but the auth handler write sessions, and the auth handler write no revocation", () => {
    const writes = roles.flatMap((name) =>
      statements(name).flatMap(({ Action, Resource }) => [Action].flat().filter((action) => /^dynamodb:(Put|Update|Delete|BatchWrite)/.test(action)).map((action) => [name, action, [Resource].flat().join()])),
    );
    expect(writes).toEqual([
      ["auth", "dynamodb:PutItem", "arn:aws:dynamodb:us-east-1:*:table/everything-sessions"],
      ["auth", "dynamodb:UpdateItem", "arn:aws:dynamodb:us-east-1:*:table/everything-sessions"],
      ["revoker", "dynamodb:PutItem", "${aws_dynamodb_table.ledger_revocations.arn}"],
      ["revoker_consumer", "dynamodb:PutItem", "${aws_dynamodb_table.ledger_revocations.arn}"],
    ]);
  });

  test.each([
    ["auth", ["dynamodb", "secretsmanager", "sqs"]],
    ["key_rotator", ["dynamodb", "secretsmanager"]],
    ["revoker", ["dynamodb", "secretsmanager"]],
    ["revoker_consumer", ["dynamodb", "secretsmanager", "sqs"]],
  ])("lets %s use the config's key through %j only", (name, services) => {
    expect(statements(name).filter(({ Action }) => [Action].flat().some((action) => action.startsWith("kms:")))).toEqual([
      {
        Sid: "Key",
        Effect: "Allow",
        Action: ["kms:Decrypt", "kms:GenerateDataKey"],
        Resource: EVERYTHING.kmsKeyArn,
        Condition: { StringEquals: { "kms:ViaService": services.map((service) => `${service}.us-east-1.amazonaws.com`) } },
      },
    ]);
  });
});

/** A reference to one resource and parts of it, or an ARN that names one in this account, wherever that is. */
function isBounded(resource: string): boolean {
  return /^\$\{[\w.-]+\.arn\}(\/index\/[a-z-]+|:\*)?$/.test(resource) || /^arn:aws:[a-z]+:(us-east-1|\*):(\*|\d{12}):[^*]*[a-z0-9/-]{5}[^*]*(:\*)?$/.test(resource);
}

/** The IAM actions of the AWS calls in the modules of a bundle. */
function callsIn(entry: string): Set<string> {
  const { metafile } = buildSync({ absWorkingDir: ROOT, entryPoints: [`./${entry}`], bundle: true, write: false, metafile: true, platform: "node", mainFields: ["module", "main"], tsconfigRaw: {} });
  const modules = Object.keys(metafile.inputs).filter((path) => !path.startsWith("node_modules/"));
  return new Set(modules.flatMap((path) => callsOf(readFileSync(join(ROOT, path), "utf8"))));
}

function callsOf(source: string): string[] {
  const clients = [...source.matchAll(/from "@aws-sdk\/(client-[a-z-]+)"/g)].map(([, client]) => client!);
  const commands = [...source.matchAll(/new (\w+)Command\(|\bpaginate(\w+)\(/g)].map(([, command, pages]) => command ?? pages!);
  if (commands.length > 0 && clients.length !== 1) throw new Error(`whose calls are these: ${commands.join()}?`);
  const plain = [...source.matchAll(/callAws\("(\w+)", "(\w+)"/g)].map(([, service, operation]) => actionOf(service!, operation!));
  // edge-handlers/auth/aws/ledger.ts calls by functions of its own.
  const ofLedger = source.includes('callAws("dynamodb", operation') ? [...source.matchAll(/\b(?:call|write)\("([A-Z]\w+)"/g)].map(([, operation]) => actionOf("dynamodb", operation!)) : [];
  return [...commands.map((command) => actionOf(clients[0]!, command)), ...plain, ...ofLedger];
}

function actionOf(service: string, operation: string): string {
  const prefix = PREFIXES[service];
  if (prefix === undefined) throw new Error(`no IAM prefix is known of ${service}`);
  return `${prefix}:${operation}`;
}
