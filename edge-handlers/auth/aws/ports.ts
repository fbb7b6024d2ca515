/** The ports of the core on AWS: settings in SSM, keys and client secrets in Secrets Manager, the log on stdout. */
import { randomBytes } from "node:crypto";
import { KEY_ID, type SessionKeys } from "../../../session/keys";
import { settingsParameterName, type AuthSettings } from "../../../session/settings";
import { cached, type Cached } from "../cached";
import { Failure, safeCode, type FailureCode } from "../failures";
import type { Ports } from "../ports";
import { callAws } from "./call";

/** Seconds. Short enough for a new setting or key to arrive within a minute; a day of an AWS outage is survived. */
const LIFETIMES = { fresh: 60, stale: 24 * 3600, pause: 10 };
/** 32 bytes as base64url. */
const MASTER_KEY = /^[\w-]{43}$/;
/** Of a secret that was put from a file; no client secret has one (RFC 6749 appendix A.2). */
const FINAL_LINE_BREAK = /\r?\n$/;
/** https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/lambda-at-edge-function-restrictions.html */
const REPLICA_PREFIX = /^us-east-1\./;

/** @param functionName as Lambda gives it; in a replica it starts with the home region */
export function awsPorts(functionName: string): Ports {
  const now: Ports["now"] = () => Math.floor(Date.now() / 1000);
  // Straight to stdout: console.log would put Lambda's own prefix before the JSON.
  const log: Ports["log"] = (entry) => process.stdout.write(`${JSON.stringify(entry)}\n`);
  const parameter = settingsParameterName(functionName.replace(REPLICA_PREFIX, ""));
  const settings = cached(() => loaded("settings_unavailable", async () => readSettings(await getParameter(parameter))), LIFETIMES, { now, log });
  const secrets = new Map<string, Cached<string>>();
  let keys: { secretName: string; cached: Cached<SessionKeys> } | undefined;

  async function sessionKeys(wanted?: string): Promise<SessionKeys> {
    const { sessionKeysSecretName: secretName } = await settings.get();
    if (keys?.secretName !== secretName) {
      const load = () => loaded("keys_unavailable", async () => readKeys(await getSecret(secretName)));
      keys = { secretName, cached: cached(load, LIFETIMES, { now, log }) };
    }
    const current = await keys.cached.get();
    return wanted === undefined || Object.hasOwn(current.keys, wanted) ? current : keys.cached.refetch();
  }

  function clientSecret(name: string): Promise<string> {
    const secret = secrets.get(name) ?? cached(() => loaded("client_secret_unavailable", async () => (await getSecret(name)).replace(FINAL_LINE_BREAK, "")), LIFETIMES, { now, log });
    secrets.set(name, secret);
    return secret.get();
  }

  return {
    settings: settings.get,
    keys: sessionKeys,
    clientSecret,
    now,
    random: (bytes) => randomBytes(bytes).toString("base64url"),
    log,
  };
}

/** https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_GetParameter.html */
async function getParameter(name: string): Promise<string> {
  const output = (await callAws("ssm", "GetParameter", { Name: name })) as { Parameter?: { Value?: unknown } } | null;
  return requireText(output?.Parameter?.Value);
}

/** https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_GetSecretValue.html */
async function getSecret(name: string): Promise<string> {
  const output = (await callAws("secretsmanager", "GetSecretValue", { SecretId: name })) as { SecretString?: unknown } | null;
  return requireText(output?.SecretString);
}

function requireText(value: unknown): string {
  if (typeof value !== "string" || value === "") throw new TypeError("no text");
  return value;
}

/** Terraform wrote it from a checked config; the version says whether this code can read it. */
function readSettings(text: string): AuthSettings {
  const settings = JSON.parse(text) as Partial<AuthSettings> | null;
  if (settings?.version !== 1 || !Array.isArray(settings.hosts)) throw new TypeError("not settings of version 1");
  return settings as AuthSettings;
}

/** A key that is too short would sign all the same: so the form is checked. */
function readKeys(text: string): SessionKeys {
  const { current, keys } = JSON.parse(text) as SessionKeys;
  const areKeys = Object.entries(keys).every(([kid, key]) => KEY_ID.test(kid) && MASTER_KEY.test(key));
  if (!areKeys || !Object.hasOwn(keys, current)) throw new TypeError("not session keys");
  return { current, keys };
}

async function loaded<T>(failure: FailureCode, load: () => Promise<T>): Promise<T> {
  try {
    return await load();
  } catch (error) {
    throw new Failure(failure, safeCode(error));
  }
}
