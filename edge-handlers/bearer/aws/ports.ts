/** Implements the core's ports on AWS: settings in SSM, the key of assertions in Secrets Manager, the log on stdout. */
import { getServiceTokenStatus, putServiceTokenUse } from "../../../ledger/service-tokens";
import { getRevocations } from "../../../ledger/status";
import type { BearerParameter } from "../../../session/access-tokens";
import { settingsParameterName } from "../../../session/settings";
import { KEY_CACHE } from "../../../session/timing";
import { accessTokenKeys } from "../../shared/access-token-keys";
import { callAws } from "../../shared/aws/call";
import { sendToLedger } from "../../shared/aws/dynamodb";
import { cached } from "../../shared/cached";
import { Failure, safeCode } from "../../shared/failure";
import { cachedRevocations } from "../../shared/revocations";
import { cachedServiceTokens, verifyServiceToken } from "../../shared/service-token";
import type { Ports } from "../ports";
import { assertionKeySource } from "./assertion-key";

/** Seconds. A new setting arrives within a minute; the cached one bridges an AWS outage of up to a day. */
const LIFETIMES = { fresh: KEY_CACHE, stale: 24 * 3600, pause: 10 };

/** @param functionName of the handler in its home region */
export function awsPorts(functionName: string): Ports {
  const now: Ports["now"] = () => Math.floor(Date.now() / 1000);
  // Writes to stdout directly, because console.log would put Lambda's prefix before the JSON.
  const log: Ports["log"] = (entry) => process.stdout.write(`${JSON.stringify(entry)}\n`);
  const parameter = cached(() => readSettings(settingsParameterName(functionName)), LIFETIMES, { now, log });
  const names = async () => (await parameter.get()).aws;
  const read = cachedServiceTokens(
    async (id) => sendToLedger(getServiceTokenStatus((await names()).revocationsTable, id)),
    now,
  );
  const revocations = cachedRevocations(
    async (uid) => sendToLedger(getRevocations((await names()).revocationsTable, uid)),
    now,
  );
  /** By token: the day on which this instance last noted its use. */
  const used = new Map<string, string>();

  /**
   * Records use so that operators can find unused tokens: once per day and instance. No request fails because of it.
   */
  async function noteUse(id: string, endsAt: number): Promise<void> {
    const day = new Date(now() * 1000).toISOString().slice(0, 10);
    if (used.get(id) === day) return;
    used.set(id, day);
    await sendToLedger(putServiceTokenUse((await names()).sessionsTable, id, day, endsAt));
  }

  return {
    settings: parameter.get,
    keys: accessTokenKeys({ now, log }),
    async serviceToken(text) {
      const verified = await verifyServiceToken(text, read, now());
      const { id, endsAt } = verified.token;
      await noteUse(id, endsAt).catch(() => undefined);
      return verified;
    },
    revocations,
    assertionKey: assertionKeySource(async () => (await names()).assertionKeysSecret, { now, log }),
    now,
    log,
  };
}

/** https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_GetParameter.html */
async function readSettings(name: string): Promise<BearerParameter> {
  try {
    const output = (await callAws("ssm", "GetParameter", { Name: name })) as { Parameter?: { Value?: unknown } } | null;
    // Only the version is checked, because Terraform wrote the parameter from a validated config.
    const settings = JSON.parse(String(output?.Parameter?.Value)) as Partial<BearerParameter> | null;
    if (settings?.version !== 1 || !settings.issuers || !settings.behaviors)
      throw new TypeError("not settings of version 1");
    return settings as BearerParameter;
  } catch (error) {
    throw new Failure<"settings_unavailable">("settings_unavailable", safeCode(error));
  }
}
