/**
 * Implements the core's ports on AWS. Settings are in SSM, keys and client secrets in Secrets Manager, client keys in
 * KMS, and the ledger in DynamoDB. STS issues client assertions, Lambda runs the sign-in hook, SQS takes revocations,
 * EventBridge takes security events, and the log goes to stdout.
 */
import { randomBytes } from "node:crypto";
import { parseSessionKeys, type SessionKeys } from "../../../session/keys";
import type { RevocationCommand } from "../../../session/revocation";
import { SECURITY_EVENT_SOURCE, SECURITY_EVENT_TYPE, type SecurityEvent } from "../../../session/security-event";
import {
  clientSecretName,
  settingsParameterName,
  type AuthParameter,
  type AuthSettings,
  type AwsNames,
} from "../../../session/settings";
import { KEY_CACHE } from "../../../session/timing";
import { cached, type Cached } from "../../shared/cached";
import { safeCode } from "../../shared/failure";
import { Failure, type FailureCode } from "../failures";
import type { Ports } from "../ports";
import { callAws, invokeFunction } from "../../shared/aws/call";
import { keyManagementService } from "./key-service";
import { dynamoDbLedger } from "./ledger";
import { webIdentityTokens } from "./web-identity-tokens";

/** Seconds. A new setting or key arrives within a minute; the cached values bridge an AWS outage of up to a day. */
const LIFETIMES = { fresh: KEY_CACHE, stale: 24 * 3600, pause: 10 };
/**
 * Limits for fetching fresh keys again: attempts, and seconds. Anyone can send an unknown key ID, but only the holder
 * of a genuine token can have that token refused. Separate limits keep the first case from blocking the second.
 */
const FOR_UNKNOWN_ID = [3, 30] as const;
const FOR_REFUSED_TOKEN = [3, 30] as const;
const FOR_REFUSED_SECRET = [3, 30] as const;
/** A secret uploaded from a file may end with a line break; no client secret does (RFC 6749 appendix A.2). */
const FINAL_LINE_BREAK = /\r?\n$/;

/**
 * @param gateway the name of the handler's function in its home region
 * @param account the AWS account; known once there is a request
 */
export function awsPorts(gateway: string, account: () => string): Ports {
  const now: Ports["now"] = () => Math.floor(Date.now() / 1000);
  // Writes to stdout directly, because console.log would put Lambda's prefix before the JSON.
  const log: Ports["log"] = (entry) => process.stdout.write(`${JSON.stringify(entry)}\n`);
  const parameter = cached(
    () => loaded("settings_unavailable", async () => readParameter(await getParameter(settingsParameterName(gateway)))),
    LIFETIMES,
    { now, log },
  );
  // Only the preparation of a request sees outdated settings: the request itself first loads the current ones.
  const names = async () => (parameter.outdated() ?? (await parameter.get())).names;
  const secrets = new Map<string, Pick<Cached<string>, "get"> & { forRefused: () => Promise<string> }>();
  let keys:
    | (Pick<Cached<SessionKeys>, "get" | "newerThan" | "failure"> & {
        secretName: string;
        forUnknownId: () => Promise<SessionKeys>;
        forRefusedToken: () => Promise<SessionKeys>;
      })
    | undefined;

  async function keySource(): Promise<NonNullable<typeof keys>> {
    const { sessionKeysSecret: secretName } = await names();
    if (keys?.secretName === secretName) return keys;
    const { refetching, ...cache } = cached(
      () => loaded("keys_unavailable", async () => readKeys(await getSecret(secretName))),
      LIFETIMES,
      { now, log },
    );
    return (keys = {
      secretName,
      ...cache,
      forUnknownId: refetching(...FOR_UNKNOWN_ID),
      forRefusedToken: refetching(...FOR_REFUSED_TOKEN),
    });
  }

  async function sessionKeys(wanted?: string): Promise<SessionKeys> {
    const { get, forUnknownId, failure } = await keySource();
    const current = await get();
    if (wanted === undefined || Object.hasOwn(current.keys, wanted)) return current;
    const newer = await forUnknownId();
    // While the keys cannot be fetched, the old copy may just lack a newer key. That is no reason to sign anyone out.
    const unknown = Object.hasOwn(newer.keys, wanted) ? undefined : failure();
    if (unknown !== undefined) throw unknown;
    return newer;
  }

  async function send(queueName: string, command: RevocationCommand): Promise<void> {
    const QueueUrl = `https://sqs.us-east-1.amazonaws.com/${account()}/${queueName}`;
    await loaded("revocations_unavailable", () =>
      callAws("sqs", "SendMessage", { QueueUrl, MessageBody: JSON.stringify(command) }),
    );
  }

  async function secretSource(idp: string) {
    const name = clientSecretName(await names(), idp);
    const known = secrets.get(name);
    if (known) return known;
    const { get, refetching } = cached(
      () => loaded("client_secret_unavailable", async () => (await getSecret(name)).replace(FINAL_LINE_BREAK, "")),
      LIFETIMES,
      { now, log },
    );
    const source = { get, forRefused: refetching(...FOR_REFUSED_SECRET) };
    secrets.set(name, source);
    return source;
  }

  return {
    async settings() {
      // The request needs the keys next, and they are as old as the settings.
      keys?.get().catch(() => undefined);
      return (await parameter.get()).settings;
    },
    outdatedSettings: () => parameter.outdated()?.settings,
    keys: sessionKeys,
    async refreshKeys() {
      const { forRefusedToken } = await keySource();
      await forRefusedToken();
    },
    keysNewerThan: async (time) => (await keySource()).newerThan(time),
    clientSecret: async (idp) => (await secretSource(idp)).get(),
    renewClientSecret: async (idp) => (await secretSource(idp)).forRefused(),
    keyService: keyManagementService({ now, log }),
    ...webIdentityTokens({ now, log }),
    invokeHook: (name, payload, signal) => loaded("hook_unavailable", () => invokeFunction(name, payload, signal)),
    now,
    random: (bytes) => randomBytes(bytes).toString("base64url"),
    log,
    ledger: dynamoDbLedger(names),
    revoke: async (command) => send((await names()).revocationQueue, command),
    signOut: async (command) => send((await names()).signOutQueue, command),
    async raise(event) {
      const detail: SecurityEvent = { ...event, gateway };
      const entry = { Source: SECURITY_EVENT_SOURCE, DetailType: SECURITY_EVENT_TYPE, Detail: JSON.stringify(detail) };
      await loaded("revocations_unavailable", async () => {
        const output = (await callAws("events", "PutEvents", { Entries: [entry] })) as { FailedEntryCount?: number };
        if (output.FailedEntryCount !== 0) throw new TypeError("an event was refused");
      });
    },
  };
}

/** https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_GetParameter.html */
async function getParameter(name: string): Promise<string> {
  const output = (await callAws("ssm", "GetParameter", { Name: name })) as { Parameter?: { Value?: unknown } } | null;
  return requireText(output?.Parameter?.Value);
}

/** https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_GetSecretValue.html */
async function getSecret(name: string): Promise<string> {
  const output = (await callAws("secretsmanager", "GetSecretValue", { SecretId: name })) as {
    SecretString?: unknown;
  } | null;
  return requireText(output?.SecretString);
}

function requireText(value: unknown): string {
  if (typeof value !== "string" || value === "") throw new TypeError("no text");
  return value;
}

/** Only the version is checked, because Terraform wrote the parameter from a validated config. */
function readParameter(text: string): { settings: AuthSettings; names: AwsNames } {
  const parameter = JSON.parse(text) as Partial<AuthParameter> | null;
  if (parameter?.version !== 1 || !Array.isArray(parameter.hosts) || !parameter.aws)
    throw new TypeError("not settings of version 1");
  const { aws, ...settings } = parameter as AuthParameter;
  return { settings, names: aws };
}

function readKeys(text: string): SessionKeys {
  const keys = parseSessionKeys(text);
  if (!keys) throw new TypeError("not session keys");
  return keys;
}

async function loaded<T>(failure: FailureCode, load: () => Promise<T>): Promise<T> {
  try {
    return await load();
  } catch (error) {
    throw new Failure(failure, safeCode(error));
  }
}
