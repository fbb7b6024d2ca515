/** The form of access tokens by profile, as data. */
import type { AccessTokenIssuer, AccessTokenProfile } from "../../session/access-tokens";

export interface TokenForm {
  /** Accepted values of `typ`, in lower case and without `application/`; undefined if it may be absent. */
  types: readonly (string | undefined)[];
  /** Claims that must have one of these values. */
  requires: Readonly<Record<string, readonly string[]>>;
  /** Claims of which at least one must be present. */
  oneOf: readonly string[];
  /** Claims that only tokens of other kinds have. */
  forbids: readonly string[];
  /** True if `client_id` replaces a missing `aud`. */
  clientIsAudience: boolean;
  /** The claim that identifies the caller. */
  subject: string;
}

/**
 * Claims that distinguish an ID token (https://openid.net/specs/openid-connect-core-1_0.html#IDToken, section 3.3.2.11)
 * and a logout or security event token (RFC 8417) from an access token, if `typ` does not.
 */
const OF_OTHER_KINDS = ["nonce", "at_hash", "c_hash", "s_hash", "events"];
const UNTYPED = [undefined, "jwt", "at+jwt"];

const COMMON = { requires: {}, oneOf: [], forbids: OF_OTHER_KINDS, clientIsAudience: false, subject: "sub" };

const FORMS: Record<AccessTokenProfile, TokenForm> = {
  // RFC 9068 section 4.
  generic: { ...COMMON, types: ["at+jwt"] },
  // The tokens say JWT. ID tokens name no calling application: neither `azp` (v2.0) nor `appid` (v1.0)
  // (https://learn.microsoft.com/entra/identity-platform/access-token-claims-reference).
  entra: {
    ...COMMON,
    types: UNTYPED,
    requires: { ver: ["1.0", "2.0"] },
    oneOf: ["azp", "appid"],
    subject: "oid",
  },
  // https://docs.aws.amazon.com/cognito/latest/developerguide/amazon-cognito-user-pools-using-the-access-token.html
  cognito: { ...COMMON, types: UNTYPED, requires: { token_use: ["access"] }, clientIsAudience: true },
  // https://docs.github.com/actions/reference/security/oidc
  github: { ...COMMON, types: UNTYPED },
  // https://docs.gitlab.com/ci/secrets/id_token_authentication/
  gitlab: { ...COMMON, types: UNTYPED },
  // https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_providers_outbound_token_claims.html
  aws: { ...COMMON, types: UNTYPED },
};

export function formOf({ profile = "generic", type, subject }: AccessTokenIssuer): TokenForm {
  const form = FORMS[profile];
  return { ...form, ...(type === "any" && { types: UNTYPED }), ...(subject !== undefined && { subject }) };
}
