/** Fetches what the gateway itself fetches: the discovery document and the keys. Without them nobody can sign in. */
import type { JWK } from "jose";
import { isKeyOf, isStrong, SIGNATURE_ALGORITHMS } from "../../identity/signing-keys";
import { TENANT_ID } from "../../identity/user";
import { finder, type Finding } from "../finding";
import { NoAnswer, objectIn, type Answer } from "../http";
import type { Subject } from "./subject";

export interface Discovery {
  findings: Finding[];
  /** Absent if nothing further can be checked. */
  found?: { metadata: Record<string, unknown>; keys: JWK[] };
}

/** Clocks that differ by more than this are reported: seconds. */
const CLOCK_TOLERANCE = 30;
const REQUIRED = ["authorization_endpoint", "token_endpoint", "jwks_uri"] as const;

const discovery = finder("discovery");
const issuerCheck = finder("issuer");
const endpoints = finder("endpoints");
const clock = finder("clock");
const keysCheck = finder("signing keys");

/** https://openid.net/specs/openid-connect-discovery-1_0.html#ProviderConfig */
export async function discover(subject: Subject): Promise<Discovery> {
  const { issuer } = subject;
  const base = issuer.replace(TENANT_ID, "organizations");
  const url = `${base.replace(/\/$/, "")}/.well-known/openid-configuration`;
  const answer = await get(subject, url);
  if (typeof answer === "string") return { findings: [discovery.problem(`${url}: ${answer}`, NOT_REACHED)] };
  const metadata = objectIn(answer);
  if (answer.status !== 200 || !metadata)
    return { findings: [discovery.problem(`${url}: HTTP ${answer.status}, not a discovery document`, WRONG_ISSUER)] };
  const findings = [discovery.ok(url), ...issuerFindings(issuer, metadata), ...endpointFindings(metadata)];
  if (findings.some(({ status }) => status === "problem")) return { findings };
  findings.push(clockFinding(answer));

  const { findings: ofKeys, keys } = await keysOf(subject, String(metadata["jwks_uri"]));
  return { findings: [...findings, ...ofKeys], found: { metadata, keys } };
}

const NOT_REACHED = "check the issuer in the config, and that the provider is up and open to the internet";
const WRONG_ISSUER =
  "write the issuer for which this address gives a JSON document; the provider's own page about OpenID Connect shows it";

function issuerFindings(issuer: string, { issuer: said }: Record<string, unknown>): Finding[] {
  return [
    said === issuer
      ? issuerCheck.ok(issuer)
      : issuerCheck.problem(
          `the document says that its issuer is ${JSON.stringify(said)}`,
          typeof said === "string"
            ? `write issuer: ${JSON.stringify(said)} if that is your provider; each character must be the same`
            : "the document has no issuer; ask the provider",
        ),
  ];
}

function endpointFindings(metadata: Record<string, unknown>): Finding[] {
  const wrong = REQUIRED.filter((name) => !isHttps(metadata[name]));
  return wrong.length === 0
    ? [endpoints.ok("sign-in, tokens and keys have https addresses")]
    : [
        endpoints.problem(
          `${wrong.join(", ")}: missing, or without https`,
          "the gateway sends no code and no secret to an address without https; configure the provider's public URL",
        ),
      ];
}

/** The provider's clock is in its tokens, so a wrong one ends sessions early or refuses sign-ins. */
function clockFinding(answer: Answer): Finding {
  const theirs = dateOf(answer);
  if (theirs === undefined) return clock.skipped("the provider sends no Date header");
  const difference = Math.round(theirs - Date.now() / 1000);
  return Math.abs(difference) <= CLOCK_TOLERANCE
    ? clock.ok("the provider's and this machine's agree")
    : clock.warning(
        `the provider's is ${Math.abs(difference)} s ${difference > 0 ? "ahead of" : "behind"} this machine's`,
        "find out which one is wrong; the gateway accepts tokens of a provider whose clock is off by up to a minute",
      );
}

async function keysOf(subject: Subject, url: string): Promise<{ findings: Finding[]; keys: JWK[] }> {
  const answer = await get(subject, url);
  const failed = (seen: string) => ({
    findings: [keysCheck.problem(`${url}: ${seen}`, "without keys no token can be verified; ask the provider")],
    keys: [],
  });
  if (typeof answer === "string") return failed(answer);
  const list = objectIn(answer)?.["keys"];
  if (answer.status !== 200 || !Array.isArray(list)) return failed(`HTTP ${answer.status}, not a JWK set`);
  const keys = list.filter((key): key is JWK => typeof key === "object" && key !== null);
  const signing = keys.filter(({ use }) => use === undefined || use === "sig");
  const usable = signing.filter((key) => whyUnusable(key, subject) === undefined);
  if (usable.length === 0)
    return {
      ...failed(`none of ${signing.length} signing keys can be used: ${signing.map(described(subject)).join("; ")}`),
      keys,
    };
  const unusable = signing.filter((key) => !usable.includes(key));
  return {
    keys,
    findings: [
      keysCheck.ok(usable.map(described(subject)).join("; ")),
      ...(unusable.length > 0
        ? [
            keysCheck.warning(
              `not used by the gateway: ${unusable.map(described(subject)).join("; ")}`,
              `let the provider sign ID tokens with one of ${algorithmsOf(subject).join(", ")} (signingAlgorithms), with RSA keys of at least 2048 bits`,
            ),
          ]
        : []),
    ],
  };
}

const described =
  (subject: Subject) =>
  (key: JWK): string => {
    const why = whyUnusable(key, subject);
    return `${key.alg ?? key.kty ?? "?"} ${key.kid ?? "without kid"}${why === undefined ? "" : ` (${why})`}`;
  };

/** https://www.rfc-editor.org/rfc/rfc7518#section-3.4 */
const ALGORITHM_OF_CURVE: Record<string, string> = { "P-256": "ES256", "P-384": "ES384", "P-521": "ES512" };

function algorithmsOf({ provider }: Subject): readonly string[] {
  return provider.signingAlgorithms ?? SIGNATURE_ALGORITHMS;
}

function whyUnusable(key: JWK, subject: Subject): string | undefined {
  const accepts = algorithmsOf(subject);
  if (!["RSA", "EC", "OKP"].includes(key.kty ?? "")) return "no public key";
  if (key.alg !== undefined && !accepts.includes(key.alg)) return "algorithm not accepted";
  if (key.kty === "EC" && !accepts.includes(ALGORITHM_OF_CURVE[key.crv ?? ""] ?? "")) return "curve not accepted";
  if (!isStrong(key)) return "too short";
  return isKeyOf(key, subject.issuer) ? undefined : "another issuer's";
}

/** @returns why there is no answer, if there is none */
async function get({ http }: Subject, url: string): Promise<Answer | string> {
  try {
    return await http.send(url, { headers: { accept: "application/json" } });
  } catch (error) {
    if (error instanceof NoAnswer) return error.message;
    throw error;
  }
}

function isHttps(value: unknown): boolean {
  return typeof value === "string" && URL.canParse(value) && value.startsWith("https://");
}

/** Unix seconds. */
function dateOf({ headers }: Answer): number | undefined {
  const date = Date.parse(headers["date"] ?? "");
  return Number.isNaN(date) ? undefined : date / 1000;
}
