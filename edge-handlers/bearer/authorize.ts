/**
 * Decides about a request of an API behavior that the gate passed on: verifies the token, and evaluates what the rule
 * requires. Everything that is not clearly allowed is refused.
 */
import { unmet, type RequestFacts } from "../../policy/meets";
import { CLOSED, END_OF_LIST, SIGNED_IN } from "../../policy/requirement-text";
import { REQUIREMENT_HEADER, type BearerBehavior, type BearerSettings } from "../../session/access-tokens";
import { ASSERTION_HEADER } from "../../session/assertion";
import { SERVICE_TOKEN_PREFIX } from "../../session/service-token";
import { encodePayload } from "../../session/token";
import { UID } from "../../session/token-layout";
import { AccessTokenRefused, verifyAccessToken } from "../shared/access-token";
import { asFailure } from "../shared/failure";
import { ServiceTokenRefused, serviceTokenSession } from "../shared/service-token";
import { isSinceCutoffs } from "../shared/token-cutoffs";
import { readGateDecision } from "./gate-decision";
import { signedAssertion } from "./assertion";
import { stepUpFor, type StepUp } from "./step-up";
import { behaviorOf } from "./behavior";
import { fieldsOf, identityHeaders } from "./identity";
import type { BearerOutcome, Ports } from "./ports";

export interface Call {
  /** All values of a header, by its name in lower case. */
  header(name: string): string[];
  /** The viewer's IP address. */
  address: string;
}

export type Decision =
  /** Headers to remove, and then those to set, on the way to the origin. */
  { passes: true; set: Record<string, string>; remove: string[] } | Refusal;

export interface Refusal {
  passes: false;
  status: 401 | 403 | 500 | 503;
  /** For `WWW-Authenticate`: an error of RFC 6750 section 3.1 or RFC 9470; absent if no token was presented. */
  error?: string;
  /** The authentication that would be enough. The client can ask for it. */
  stepUp?: StepUp;
  outcome: BearerOutcome;
  detail?: string;
  idp?: string;
  uid?: string;
  behavior?: BearerBehavior | undefined;
  retryAfter?: string;
}

type Reason = Omit<Refusal, "passes" | "behavior">;

export async function authorize(call: Call, ports: Ports): Promise<Decision> {
  const asked = readGateDecision(call.header);
  if (asked.kind === "undecided") return { passes: false, status: 500, outcome: "undecided" };
  // A request that the gate allowed passes even while the settings cannot be read.
  if (asked.kind === "decided") return { passes: true, set: {}, remove: [] };
  let settings: BearerSettings;
  try {
    settings = await ports.settings();
  } catch (error) {
    return { passes: false, ...failed(error) };
  }
  const behavior = behaviorOf(settings, asked.viewed);
  if (asked.kind === "public") return pass(behavior);
  const facts = {
    address: call.address,
    country: only(call.header("cloudfront-viewer-country")),
    segments: asked.path.split("/"),
    now: ports.now(),
  };
  const refuse = (reason: Reason): Refusal => ({ passes: false, ...reason, behavior });
  /** An origin that gets assertions never gets a caller's request without one. */
  const passAs = async (fields: readonly string[], set: Record<string, string>): Promise<Decision> => {
    if (!behavior?.assertion) return pass(behavior, set);
    try {
      const assertion = signedAssertion(settings, fields, await ports.assertionKey(), facts.now);
      return pass(behavior, { ...set, [ASSERTION_HEADER]: assertion });
    } catch (error) {
      return refuse(failed(error));
    }
  };

  if (asked.session) {
    const lack = unmet(asked.required, asked.session, facts);
    if (lack !== "") return refuse(short(lack, asked.required, asked.session, settings, facts));
    // The gate has signed an assertion, unless its store failed.
    const assertion = only(call.header(ASSERTION_HEADER));
    return assertion ? pass(behavior, { [ASSERTION_HEADER]: assertion }) : passAs(asked.session, {});
  }
  const credentials = call.header("authorization");
  if (credentials.length === 0) {
    // Some rules let people from certain networks or countries pass without a session.
    if (unmet(asked.required, undefined, facts) === "") return pass(behavior);
    return refuse({ status: 401, outcome: "not_allowed" });
  }
  const [, token] = /^bearer ([!-~]+)$/i.exec(only(credentials) ?? "") ?? [];
  if (token === undefined)
    return refuse({ status: 401, error: "invalid_request", outcome: "token_refused", detail: "malformed" });
  let fields: string[];
  try {
    fields = await verify(token, settings, ports);
  } catch (error) {
    return refuse(refusedToken(error));
  }
  const lack = unmet(asked.required, fields, facts);
  return lack === ""
    ? passAs(fields, identityHeaders(fields, settings))
    : refuse(short(lack, asked.required, fields, settings, facts));
}

/** The caller as the fields of a session. */
async function verify(token: string, settings: BearerSettings, ports: Ports): Promise<string[]> {
  const now = ports.now();
  if (!token.startsWith(SERVICE_TOKEN_PREFIX)) {
    const verified = await verifyAccessToken(token, settings.issuers, ports);
    const fields = fieldsOf(verified, token);
    // The issuer does not know which users the gateway has revoked.
    const revocations = await ports.revocations(fields[UID]!);
    if (!isSinceCutoffs(revocations, verified, settings.issuers[verified.issuerId]!, now))
      throw new AccessTokenRefused("revoked");
    return fields;
  }
  const verified = await ports.serviceToken(token);
  return encodePayload(serviceTokenSession(verified, now, verified.token.endsAt)).split("~");
}

/** A token is a credential that the origin does not need, unless the config says that it does. */
function pass(behavior: BearerBehavior | undefined, set: Record<string, string> = {}): Decision {
  const remove = [REQUIREMENT_HEADER, ASSERTION_HEADER, ...(behavior?.forwardToken ? [] : ["authorization"])];
  return { passes: true, set, remove };
}

/** The token is genuine, but not sufficient. */
function short(
  lack: "role" | "step-up",
  required: string,
  fields: readonly string[],
  { closed }: BearerSettings,
  facts: RequestFacts,
): Reason {
  const [uid, idp] = [fields[0]!, fields[8]!];
  // A closed site is not a matter of the token, so the answer asks for no other token.
  const isClosed = required[0] === CLOSED && isOnlyFor(required, fields);
  if (isClosed) return { status: 503, outcome: "closed", uid, idp, retryAfter: closed ?? "300" };
  // https://www.rfc-editor.org/rfc/rfc9470#section-3
  if (lack === "step-up") {
    const stepUp = stepUpFor(required, fields, facts);
    const error = "insufficient_user_authentication";
    return { status: 401, error, stepUp, outcome: "not_allowed", detail: lack, uid, idp };
  }
  return { status: 403, error: "insufficient_scope", outcome: "not_allowed", detail: lack, uid, idp };
}

/** True if the caller has no role that may enter while the site is closed. */
function isOnlyFor(required: string, fields: readonly string[]): boolean {
  const end = required.indexOf(END_OF_LIST);
  return unmet(required.slice(0, end + 1) + SIGNED_IN, fields, NOWHERE) !== "";
}

const NOWHERE = { address: undefined, country: undefined, segments: [], now: 0 };

function refusedToken(error: unknown): Reason {
  if (error instanceof ServiceTokenRefused)
    return { status: 401, error: "invalid_token", outcome: "token_refused", detail: `service_token ${error.code}` };
  if (!(error instanceof AccessTokenRefused)) return failed(error);
  const detail = error.claim === undefined ? error.code : `${error.code} ${error.claim.replaceAll('"', "")}`;
  return { status: 401, error: "invalid_token", outcome: "token_refused", detail };
}

/** The token may be valid: the caller should try again. */
function failed(error: unknown): Reason {
  const { code, detail } = asFailure<BearerOutcome>(error);
  const outcome = OUTCOMES.includes(code as BearerOutcome) ? (code as BearerOutcome) : "internal";
  return { status: 503, outcome, retryAfter: "5", ...(detail !== undefined && { detail }) };
}

const OUTCOMES: readonly BearerOutcome[] = [
  "settings_unavailable",
  "idp_unavailable",
  "idp_answer_unreadable",
  "idp_misconfigured",
  "ledger_unavailable",
  "assertion_unavailable",
];

function only(values: readonly string[]): string | undefined {
  return values.length === 1 ? values[0] : undefined;
}
