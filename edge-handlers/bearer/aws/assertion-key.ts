/** The key with which the handler signs assertions, from Secrets Manager. */
import { parseAssertionKeys, type AssertionKeys } from "../../../session/assertion-keys";
import { ASSERTION_KEY_CACHE } from "../../../session/timing";
import { AwsError, callAws } from "../../shared/aws/call";
import { cached, type Surroundings } from "../../shared/cached";
import { Failure, safeCode } from "../../shared/failure";
import type { BearerOutcome } from "../ports";

/**
 * Seconds. While Secrets Manager fails, an old key signs for an hour: if it was withdrawn in the meantime, servers refuse
 * what it signs.
 */
const LIFETIMES = { fresh: ASSERTION_KEY_CACHE, stale: 3600, pause: 10 };

/**
 * @param secretName of the secret; undefined if the settings name none
 * @returns a function that returns the key; it throws Failure `assertion_unavailable`
 */
export function assertionKeySource(
  secretName: () => Promise<string | undefined>,
  surroundings: Surroundings,
): () => Promise<string> {
  const load = async () => {
    try {
      const name = await secretName();
      if (name === undefined) throw new TypeError("no secret");
      return await signingKey(name);
    } catch (error) {
      throw new Failure<BearerOutcome>("assertion_unavailable", safeCode(error));
    }
  };
  return cached(load, LIFETIMES, surroundings).get;
}

/**
 * A rotation announces its values as AWSPENDING, lets the gate sign with the next key, waits, and only then withdraws the
 * old one. So a handler that reads both versions never signs with a key that servers have stopped accepting. Servers
 * that read the secret long ago already accept the next key.
 */
async function signingKey(name: string): Promise<string> {
  const [current, pending] = await Promise.all([keysWith(name, "AWSCURRENT"), keysWith(name, "AWSPENDING")]);
  if (!current) throw new TypeError("no keys");
  return pending && current.includes(pending[0]) ? pending[0] : current[0];
}

/**
 * https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_GetSecretValue.html
 *
 * @returns undefined if there is no version with this label, or it has no value yet
 */
async function keysWith(name: string, label: "AWSCURRENT" | "AWSPENDING"): Promise<AssertionKeys | undefined> {
  let output: { SecretString?: unknown } | null;
  try {
    output = (await callAws("secretsmanager", "GetSecretValue", {
      SecretId: name,
      VersionStage: label,
    })) as typeof output;
  } catch (error) {
    if (error instanceof AwsError && error.code === "ResourceNotFoundException") return undefined;
    throw error;
  }
  const keys = parseAssertionKeys(String(output?.SecretString));
  if (!keys) throw new TypeError("no keys of assertions");
  return keys;
}
