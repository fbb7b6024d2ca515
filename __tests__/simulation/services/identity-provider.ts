/**
 * An OpenID provider (OpenID Connect Core 1.0, RFC 6749, RFC 7636, RFC 9207) that remembers who is signed in at it, and
 * that may replace refresh tokens at every use: then one that comes a second time ends the grant (RFC 9700 section
 * 4.14.2).
 */
import { createHash, createPrivateKey, generateKeyPairSync, sign } from "node:crypto";
import type { Service, WireResponse } from "../kernel/network";
import type { World } from "../kernel/world";

/** A person's session at the provider, in one browser. */
export interface ProviderSession {
  sid: string;
  /** Unix seconds, by the provider's clock. */
  authTime: number;
  /** The same moment as the world's, in milliseconds. */
  authenticatedAt: number;
}

export interface Subject {
  sub: string;
  email: string;
}

interface Grant {
  subject: Subject;
  session: ProviderSession;
  nonce: string;
  challenge: string;
  redirectUri: string;
  /** In the order in which they were given. */
  refreshTokens: string[];
  isOver: boolean;
}

export interface IdentityProvider extends Service {
  host: string;
  issuer: string;
  clientId: string;
  rotatesRefreshTokens: boolean;
  /** Milliseconds by which its clock is ahead. */
  skew: number;
  /** Whether the provider must show its form: it knows no user, or the request asks for the form. */
  asksForPassword(url: URL, session: ProviderSession | undefined): boolean;
  authenticate(): ProviderSession;
  /** @returns where the browser is sent to */
  authorize(url: URL, subject: Subject, session: ProviderSession): string;
  /** The provider's `sid` of each session with a reused refresh token: nothing can renew it. */
  endedGrants: Set<string>;
  logoutToken(session: ProviderSession, subject: Subject): string;
}

/** One key for all histories: making it takes longer than a history. */
const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
const KEY = createPrivateKey({
  key: privateKey.export({ type: "pkcs8", format: "der" }),
  format: "der",
  type: "pkcs8",
});
const JWK = { ...publicKey.export({ format: "jwk" }), kid: "es-1", alg: "ES256", use: "sig" };
const signatures = new Map<string, string>();

export function createIdentityProvider(
  world: World,
  { rotatesRefreshTokens, skew }: { rotatesRefreshTokens: boolean; skew: number },
): IdentityProvider {
  const random = world.random.fork();
  const [host, clientId] = ["idp.example.com", "gateway"];
  const issuer = `https://${host}`;
  const codes = new Map<string, Grant>();
  const byRefreshToken = new Map<string, Grant>();
  const secret = () => random.bytes(24).toString("base64url");
  const seconds = () => Math.floor((world.now() + skew) / 1000);

  function idToken({ subject, session, nonce }: Grant, isFirst: boolean): string {
    const now = seconds();
    const claims = {
      iss: issuer,
      aud: clientId,
      sub: subject.sub,
      email: subject.email,
      email_verified: true,
      roles: ["staff"],
      sid: session.sid,
      auth_time: session.authTime,
      iat: now,
      exp: now + 300,
    };
    return jws({ ...claims, ...(isFirst && { nonce }) }, "JWT");
  }

  function tokens(grant: Grant, isFirst: boolean): WireResponse {
    if (isFirst || provider.rotatesRefreshTokens) {
      const refreshToken = secret();
      grant.refreshTokens.push(refreshToken);
      byRefreshToken.set(refreshToken, grant);
    }
    const given = isFirst || provider.rotatesRefreshTokens ? { refresh_token: grant.refreshTokens.at(-1) } : {};
    return json(200, {
      access_token: secret(),
      token_type: "Bearer",
      expires_in: 300,
      id_token: idToken(grant, isFirst),
      ...given,
    });
  }

  function redeem(form: URLSearchParams): WireResponse {
    if (form.get("grant_type") === "authorization_code") {
      const grant = codes.get(form.get("code") ?? "");
      codes.delete(form.get("code") ?? "");
      const challenge = createHash("sha256")
        .update(form.get("code_verifier") ?? "")
        .digest("base64url");
      if (!grant || grant.redirectUri !== form.get("redirect_uri") || grant.challenge !== challenge)
        return json(400, { error: "invalid_grant" });
      return tokens(grant, true);
    }
    const token = form.get("refresh_token") ?? "";
    const grant = byRefreshToken.get(token);
    if (!grant) return json(400, { error: "invalid_grant" });
    if (grant.refreshTokens.at(-1) !== token) {
      grant.isOver = true;
      provider.endedGrants.add(grant.session.sid);
    }
    return grant.isOver ? json(400, { error: "invalid_grant" }) : tokens(grant, false);
  }

  const provider: IdentityProvider = {
    host,
    issuer,
    clientId,
    rotatesRefreshTokens,
    skew,
    endedGrants: new Set(),
    asksForPassword: (url, session) =>
      !session || url.searchParams.get("prompt") === "login" || url.searchParams.get("max_age") === "0",
    authenticate: () => ({ sid: secret().slice(0, 12), authTime: seconds(), authenticatedAt: world.now() }),
    authorize(url, subject, session) {
      const parameter = (name: string) => url.searchParams.get(name) ?? "";
      const code = secret();
      codes.set(code, {
        subject,
        session,
        nonce: parameter("nonce"),
        challenge: parameter("code_challenge"),
        redirectUri: parameter("redirect_uri"),
        refreshTokens: [],
        isOver: false,
      });
      return `${parameter("redirect_uri")}?${new URLSearchParams({ code, state: parameter("state"), iss: issuer })}`;
    },
    logoutToken(session, subject) {
      const now = seconds();
      return jws(
        {
          iss: issuer,
          aud: clientId,
          sub: subject.sub,
          sid: session.sid,
          iat: now,
          exp: now + 120,
          jti: secret(),
          events: { "http://schemas.openid.net/event/backchannel-logout": {} },
        },
        "logout+jwt",
      );
    },
    nameOf: ({ path }) => `idp${path.split("?")[0]!.replace("/.well-known/", "/")}`.replace("/", "."),
    failure: (kind) => json(kind === "throttle" ? 429 : 503, { error: "temporarily_unavailable" }),
    answer({ path, body }) {
      const endpoint = (name: string) => `${issuer}/${name}`;
      switch (path.split("?")[0]!) {
        case "/.well-known/openid-configuration":
          return json(200, {
            issuer,
            authorization_endpoint: endpoint("authorize"),
            token_endpoint: endpoint("token"),
            jwks_uri: endpoint("jwks"),
            end_session_endpoint: endpoint("end-session"),
            revocation_endpoint: endpoint("revocation"),
            response_types_supported: ["code"],
            subject_types_supported: ["public"],
            code_challenge_methods_supported: ["S256"],
            id_token_signing_alg_values_supported: ["ES256"],
            authorization_response_iss_parameter_supported: true,
          });
        case "/jwks":
          return json(200, { keys: [JWK] });
        case "/token":
          return redeem(new URLSearchParams(body));
        case "/revocation": {
          const grant = byRefreshToken.get(new URLSearchParams(body).get("token") ?? "");
          if (grant) grant.isOver = true;
          return { status: 200, headers: {}, body: "" };
        }
        default:
          return json(404, { error: "not_found" });
      }
    },
  };
  return provider;
}

/** Signing is slow, and the same seed signs the same. */
function jws(claims: object, typ: string): string {
  const signed = [{ alg: "ES256", kid: JWK.kid, typ }, claims]
    .map((part) => Buffer.from(JSON.stringify(part)).toString("base64url"))
    .join(".");
  const known = signatures.get(signed);
  if (known !== undefined) return known;
  const token = `${signed}.${sign("sha256", Buffer.from(signed), { key: KEY, dsaEncoding: "ieee-p1363" }).toString("base64url")}`;
  signatures.set(signed, token);
  if (signatures.size > 1000) signatures.clear();
  return token;
}

function json(status: number, body: object): WireResponse {
  return {
    status,
    headers: { "content-type": "application/json", "cache-control": "no-store" },
    body: JSON.stringify(body),
  };
}
