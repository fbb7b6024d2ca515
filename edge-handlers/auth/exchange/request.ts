/** Reads a request for a token exchange (https://www.rfc-editor.org/rfc/rfc8693#section-2.1). */
import { SERVICE_TOKEN_PREFIX } from "../../../session/service-token";
import { Failure } from "../failures";
import { mediaType } from "../media-type";
import type { RequestContext } from "../request-context";
import { ExchangeRefused } from "./refusal";

const GRANT_TYPE = "urn:ietf:params:oauth:grant-type:token-exchange";
const TOKEN_TYPE = "urn:ietf:params:oauth:token-type:";
/** https://www.rfc-editor.org/rfc/rfc8693#section-3 */
export const ACCESS_TOKEN_TYPE = `${TOKEN_TYPE}access_token`;
const JWT_TYPES: readonly string[] = [ACCESS_TOKEN_TYPE, `${TOKEN_TYPE}jwt`, `${TOKEN_TYPE}id_token`];

/** Characters. A subject token has at most half as many. */
const MAX_BODY = 16 * 1024;
/** Parameters that are read and may occur only once (https://www.rfc-editor.org/rfc/rfc6749#section-3.2). */
const SINGLE = [
  "grant_type",
  "subject_token",
  "subject_token_type",
  "requested_token_type",
  "scope",
  "actor_token",
  "actor_token_type",
] as const;
/** A list of scopes separated by spaces (https://www.rfc-editor.org/rfc/rfc6749#section-3.3). */
const SCOPES = /^[!#-[\]-~]+(?: [!#-[\]-~]+)*$/;

export interface ExchangeRequest {
  subjectToken: string;
  isServiceToken: boolean;
  /** Undefined for all scopes of the subject token. */
  scopes: string[] | undefined;
}

/** Ignores unknown parameters. @throws ExchangeRefused; Failure `body_too_large` */
export async function readExchange(context: RequestContext): Promise<ExchangeRequest> {
  const { request } = context;
  if (mediaType(request) !== "application/x-www-form-urlencoded") throw new ExchangeRefused("content_type");
  const body = await request.text();
  if (body.length > MAX_BODY) throw new Failure("body_too_large");
  const form = new URLSearchParams(body);
  for (const name of SINGLE) if (form.getAll(name).length > 1) throw new ExchangeRefused("repeated", name);
  // A parameter without a value counts as left out (section 3.2).
  const value = (name: (typeof SINGLE)[number]) => form.get(name) || undefined;

  if (value("grant_type") !== GRANT_TYPE) throw new ExchangeRefused("grant_type");
  const [subjectToken, type] = [value("subject_token"), value("subject_token_type")];
  if (subjectToken === undefined || type === undefined) throw new ExchangeRefused("no_token");
  const isServiceToken = subjectToken.startsWith(SERVICE_TOKEN_PREFIX);
  // A service token is this gateway's own kind of access token.
  if (isServiceToken ? type !== ACCESS_TOKEN_TYPE : !JWT_TYPES.includes(type)) throw new ExchangeRefused("token_type");
  if ((value("requested_token_type") ?? ACCESS_TOKEN_TYPE) !== ACCESS_TOKEN_TYPE)
    throw new ExchangeRefused("requested_type");
  // Ignoring it would give the client a token without the delegation that it asked for.
  if (value("actor_token") !== undefined || value("actor_token_type") !== undefined) throw new ExchangeRefused("actor");
  if (![...form.getAll("resource"), ...form.getAll("audience")].every((target) => isThisSite(context, target)))
    throw new ExchangeRefused("target");
  const scope = value("scope");
  if (scope !== undefined && !SCOPES.test(scope)) throw new ExchangeRefused("scope", "malformed");
  return { subjectToken, isServiceToken, scopes: scope?.split(" ") };
}

/** A URL of one of the gateway's hosts, or such a host. An edge token is accepted nowhere else. */
function isThisSite({ settings: { hosts } }: RequestContext, target: string): boolean {
  if (hosts.includes(target)) return true;
  if (!URL.canParse(target)) return false;
  const { protocol, host, hash } = new URL(target);
  // https://www.rfc-editor.org/rfc/rfc8707#section-2: no fragment.
  return protocol === "https:" && hosts.includes(host) && hash === "";
}
