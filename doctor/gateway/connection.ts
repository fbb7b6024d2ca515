/** Checks name, certificate and protocol: everything that a browser needs before its request reaches the gateway. */
import { lookup } from "node:dns/promises";
import { finder } from "../finding";
import { NoAnswer } from "../http";
import { ask, FETCH, type Check } from "./subject";

const DAY = 86_400;
/** ACM renews certificates 60 days before they end (https://docs.aws.amazon.com/acm/latest/userguide/managed-renewal.html). */
const RENEWAL_OVERDUE = 30 * DAY;

export const name: Check = async ({ host, isLocal }) => {
  if (isLocal) return [];
  const { ok, problem } = finder("name");
  const addresses = await lookup(host, { all: true }).catch(() => []);
  return addresses.length > 0
    ? ok(`${addresses.length} addresses in DNS`)
    : problem(
        "not in DNS",
        "point the name at the distribution: set hostedZoneId, or make the record where the zone is",
      );
};

export const certificate: Check = async ({ host, http, isLocal }) => {
  // The local edge makes one for each run.
  if (isLocal) return [];
  const { ok, warning, problem } = finder("certificate");
  try {
    const days = Math.floor(((await http.certificateEnd(new URL(`https://${host}`))) - Date.now() / 1000) / DAY);
    return days * DAY >= RENEWAL_OVERDUE
      ? ok(`valid for ${days} days`)
      : warning(`valid for ${days} days only`, "ACM should have renewed it; check its validation records in DNS");
  } catch (error) {
    if (!(error instanceof NoAnswer)) throw error;
    return problem(
      error.message,
      "check that the name points at the distribution, and that the certificate in us-east-1 covers it",
    );
  }
};

export const tls: Check = async ({ host, http }) => {
  const { ok, problem } = finder("TLS");
  return (await http.takesOldTls(new URL(`https://${host}`)))
    ? problem("TLS 1.1 or older is accepted", "something else than this gateway answers, or it was changed by hand")
    : ok("1.2 or newer");
};

export const plainHttp: Check = async ({ host, http, isLocal }) => {
  if (isLocal) return [];
  const { ok, problem } = finder("plain HTTP");
  try {
    const { status, headers } = await http.send(`http://${host}/`);
    return status >= 300 && status < 400 && headers["location"]?.startsWith("https://")
      ? ok("redirected to https")
      : problem(`HTTP ${status}`, "cookies must never travel in plain text; something else answers on port 80");
  } catch (error) {
    if (!(error instanceof NoAnswer)) throw error;
    return ok(`no answer: ${error.message}`);
  }
};

export const strictTransport: Check = async (subject) => {
  const { ok, problem } = finder("HSTS");
  const answer = await ask(subject, `${subject.config.basePath}/me`, { headers: FETCH });
  const policy = answer.headers["strict-transport-security"];
  return policy
    ? ok(policy)
    : problem("no Strict-Transport-Security", "something else than this gateway answers; compare the distribution");
};
