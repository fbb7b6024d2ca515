/**
 * An OpenID provider on https://localhost that does what it should (OpenID Connect Core 1.0, RFC 6749, RFC 7636, RFC
 * 7523, RFC 9126, RFC 9207) until a test tampers with it. It remembers every secret it saw, so that tests can look for them in logs and
 * pages.
 */
import { createHash, randomBytes } from "node:crypto";
import { createServer, type Server } from "node:https";
import {
  createServer as createPlainServer,
  type IncomingMessage,
  type Server as PlainServer,
  type ServerResponse,
} from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout } from "node:timers/promises";
import { createLocalJWKSet, jwtVerify, type JSONWebKeySet, type JWTPayload, type JWTVerifyResult } from "jose";
import {
  methodOf,
  type ClientAuthentication,
  type ClientAuthenticationMethod,
} from "../../session/client-authentication";
import { TENANT_ID } from "../../identity/user";
import type { Certificate } from "./certificates";
import { OUTAGES, REDIRECTED, SLOW_ANSWER, type Endpoint, type Json, type Outage, type Tampering } from "./idp-faults";
import { createSigningKey, signIdToken, type SigningKey } from "./idp-keys";

export interface EmulatorOptions {
  certificate: Certificate;
  /** Unix seconds. */
  now: () => number;
  /** The path of the issuer, such as `/tenant/v2.0`. With `{tenantid}` in it, users have tenants (`tid`), as in Entra. */
  path?: string;
  clientAuthentication?: ClientAuthentication;
}

/** What one sign-in gave, from its code to the last of its refresh tokens. */
interface Grant {
  /** Who signed in. */
  user: Json;
  /** When they authenticated: Unix seconds. */
  authTime: number | undefined;
  /** The authentication context that they fulfilled. */
  acr: string | undefined;
  redirectUri: string;
  challenge: string;
  nonce: string;
  refreshTokens: string[];
  ended: boolean;
}

type Answer = [status: number, body: unknown, headers?: Record<string, string>];

/** Whose assertions it takes for the client's, as Entra ID's federated identity credential says. */
export interface FederatedCredential {
  issuer: string;
  subject: string;
  audience: string;
  /** What the issuer publishes. */
  jwks: () => { keys: object[] };
}

export class IdpEmulator {
  // Its characters, and those of the secret, tell whether Basic credentials are form-encoded (RFC 6749 section 2.3.1).
  readonly clientId = "gate:way+1";
  readonly clientAuthentication: ClientAuthentication;
  readonly clientSecret: string | undefined;
  /** The client's keys for `private_key_jwt`, as it knows them. */
  clientKeys: JSONWebKeySet = { keys: [] };
  /** For `aws_assertion`. */
  federatedCredential: FederatedCredential | undefined;
  /** What it answers to the next requests that have to be authenticated, instead of authenticating the client. */
  readonly clientRefusals: Answer[] = [];
  /** What it answers to the next requests for userinfo. */
  readonly userinfoRefusals: Answer[] = [];
  /** The assertions that it accepted, with the endpoint that got them. */
  readonly assertions: (JWTVerifyResult & { endpoint: Endpoint })[] = [];
  /** The claims of the user who signs in or renews next; an `email` comes with `email_verified`. */
  user: Json = { sub: "alice", email: "alice@example.com", roles: ["staff"] };
  /**
   * Since when this provider knows the browser's user: Unix seconds; five seconds before each ID token where absent.
   */
  authenticatedAt: number | undefined;
  /** Shows its form when it is asked to (`prompt=login`), although it knows the user. */
  obeysPrompt = true;
  /** Fulfills the first of the contexts that it is asked for (`acr_values`). */
  obeysAcrValues = true;
  /** The parameters of authorization requests, in order. */
  readonly authorizations: URLSearchParams[] = [];
  /** The prompts that it was asked for, in order; undefined for none. */
  readonly prompts: (string | undefined)[] = [];
  /** Claims that only the userinfo endpoint tells. */
  userinfoOnly: string[] = [];
  publishedKeys: SigningKey[];
  tampering: Tampering = {};
  /** What every request waits for first, if it is set. */
  hold: (() => Promise<void>) | undefined;
  readonly outages = new Map<Endpoint, Outage>();
  /** Milliseconds that a slow answer takes. */
  slowAnswer = SLOW_ANSWER;
  issuesRefreshTokens = true;
  /**
   * Replaces the refresh token at every use, and ends the whole grant when an old one comes back (RFC 9700 section
   * 4.14.2).
   */
  rotatesRefreshTokens = true;
  /** Accepts a code more than once, against RFC 6749 section 4.1.2. */
  takesCodesAgain = false;
  /** Renews for the user who signed in, even if `user` has changed. */
  remembersUsers = false;
  /** Gives an ID token with renewals, which OpenID Connect Core 1.0 section 12.2 leaves open. */
  renewsIdTokens = true;
  /** The error (RFC 6749 section 5.2) with which it refuses every refresh token. */
  refusesRenewals: string | undefined;
  refreshTokenBytes = 48;
  /** Refuses authorization requests that were not pushed. */
  requiresPushedRequests = false;
  /** How often a code was redeemed, or its redemption refused. */
  codesSeen = 0;
  /** The proofs of keys (RFC 9449) of the requests for tokens and userinfo, as they came. */
  readonly proofs: { endpoint: Endpoint; proof: string | undefined; authorization: string | undefined }[] = [];
  /** Requests seen, in order. */
  readonly requests: Endpoint[] = [];
  /** Refresh tokens that were revoked (RFC 7009). */
  readonly revoked: string[] = [];
  /** Every code, token, verifier, state, nonce and client secret that passed through. */
  readonly secretsSeen = new Set<string>();

  private readonly codes = new Map<string, Grant>();
  /** By request URI. */
  private readonly pushedRequests = new Map<string, URLSearchParams>();
  private readonly usedAssertions = new Set<string>();
  private readonly grants: Grant[] = [];
  /** Whom an access token is of. */
  private readonly accessTokens = new Map<string, Json>();

  private constructor(
    private readonly server: Server,
    readonly issuer: string,
    private readonly now: () => number,
    /** Signs new tokens. */
    public key: SigningKey,
    clientAuthentication: ClientAuthentication,
  ) {
    this.publishedKeys = [key];
    this.clientAuthentication = clientAuthentication;
    this.clientSecret = !String(clientAuthentication).startsWith("client_secret")
      ? undefined
      : this.seen(`s3cret:+/ %${randomBytes(12).toString("hex")}`);
    server.on("request", (request: IncomingMessage, response: ServerResponse) => {
      this.handle(request, response).catch(() => response.destroy());
    });
  }

  /** Listens on a free port. */
  static async start({
    certificate,
    now,
    path = "",
    clientAuthentication = "none",
  }: EmulatorOptions): Promise<IdpEmulator> {
    const server = createServer({ key: certificate.key, cert: certificate.cert });
    await listen(server, 0);
    const issuer = `https://localhost:${(server.address() as AddressInfo).port}${path}`;
    return new IdpEmulator(server, issuer, now, await createSigningKey("ES256", "es-1"), clientAuthentication);
  }

  /** Refuses all connections. */
  stop(): Promise<void> {
    return new Promise((resolve) => {
      this.server.close(() => resolve());
      this.server.closeAllConnections();
    });
  }

  /** Listens again, where it did before. */
  restart(): Promise<void> {
    return listen(this.server, Number(new URL(this.issuer).port));
  }

  /** Answers without TLS too, under the origin that it returns, until `stop`. */
  async listenWithoutTls(): Promise<string> {
    const server = createPlainServer((request, response) => this.server.emit("request", request, response));
    await listen(server, 0);
    this.server.once("close", () => {
      server.close();
      server.closeAllConnections();
    });
    return `http://localhost:${(server.address() as AddressInfo).port}`;
  }

  /** How many connections are open. */
  connections(): Promise<number> {
    return new Promise((resolve, reject) =>
      this.server.getConnections((error, count) => (error ? reject(error) : resolve(count))),
    );
  }

  /** How often an endpoint was asked. */
  count(endpoint: Endpoint): number {
    return this.requests.filter((seen) => seen === endpoint).length;
  }

  /**
   * The browser's visit to the authorization endpoint. The user agrees immediately.
   *
   * @returns the URL that the browser is sent back to
   * @throws Error for a request that no provider should take
   */
  authorize(url: string): string {
    if (!url.startsWith(`${this.endpoint("authorize")}?`)) throw new Error(`not the authorization endpoint: ${url}`);
    const parameters = this.parametersOf(new URL(url).searchParams);
    const expect = (name: string, form: RegExp): string => {
      const values = parameters.getAll(name);
      if (values.length !== 1 || !form.test(values[0]!))
        throw new Error(`the authorization request has ${name} ${JSON.stringify(values)}`);
      return values[0]!;
    };
    expect("response_type", /^code$/);
    expect("client_id", /^gate:way\+1$/);
    expect("scope", /\bopenid\b/);
    expect("response_mode", /^query$/);
    expect("code_challenge_method", /^S256$/);
    const prompt = parameters.get("prompt") ?? undefined;
    if (prompt === "login") expect("max_age", /^0$/);
    this.prompts.push(prompt);
    this.authorizations.push(parameters);
    const [maxAge, acr] = [parameters.get("max_age"), parameters.get("acr_values")?.split(" ")[0]];
    const known = this.authenticatedAt;
    const isTooOld = maxAge !== null && known !== undefined && this.now() - known > Number(maxAge);
    if ((prompt === "login" || isTooOld) && this.obeysPrompt && known !== undefined) this.authenticatedAt = this.now();
    const state = this.seen(expect("state", /^[\w-]{22,}$/));
    const code = this.newSecret();
    this.codes.set(code, {
      user: this.user,
      authTime: this.authenticatedAt,
      acr: this.obeysAcrValues ? acr : undefined,
      redirectUri: expect("redirect_uri", /^https:\/\/[a-z.]+\/_gate\/callback\/[a-z]+$/),
      challenge: expect("code_challenge", /^[\w-]{43}$/),
      nonce: this.seen(expect("nonce", /^[\w-]{22,}$/)),
      refreshTokens: [],
      ended: false,
    });
    const answer = new URLSearchParams({ code, state, iss: this.issuer });
    this.tampering.authorizationResponse?.(answer);
    return `${parameters.get("redirect_uri")}?${answer}`;
  }

  private async handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    let body = "";
    for await (const chunk of request) body += String(chunk);
    const url = request.url ?? "";
    const name = (Object.keys(this.endpoints) as Endpoint[]).find(
      (candidate) => url.replace(REDIRECTED, "") === new URL(this.endpoint(candidate)).pathname,
    );
    if (!name) return void response.writeHead(404).end();
    this.requests.push(name);
    await this.hold?.();
    if (name === "token" || name === "userinfo") {
      const { dpop, authorization } = request.headers;
      this.proofs.push({
        endpoint: name,
        proof: dpop === undefined ? undefined : this.seen(String(dpop)),
        authorization,
      });
    }
    const outage = this.outages.get(name);
    if (outage === "hang") return;
    if (outage === "reset") return void response.destroy();
    // Nobody may wait for it any more.
    if (outage === "slow") await setTimeout(this.slowAnswer, undefined, { ref: false });
    if (outage === "redirect" && !url.endsWith(REDIRECTED))
      return void response.writeHead(307, { location: url + REDIRECTED }).end();
    const failure = outage && OUTAGES[outage];
    if (failure)
      return void response.writeHead(failure.status, { "content-type": "application/json" }).end(failure.body);
    const [status, json, headers] = await this.endpoints[name](
      new URLSearchParams(body),
      request.headers.authorization,
    );
    response.writeHead(outage === "missing" ? 404 : status, {
      "content-type": "application/json",
      "cache-control": "no-store",
      ...headers,
    });
    // White space at the end of JSON changes nothing but its length.
    response.end(
      (typeof json === "string" ? json : JSON.stringify(json)) + (outage === "huge" ? " ".repeat(4_000_000) : ""),
    );
  }

  private endpoint(name: Endpoint | "authorize" | "end-session"): string {
    const base = this.issuer.replace(TENANT_ID, "organizations").replace(/\/$/, "");
    return base + (name === "discovery" ? "/.well-known/openid-configuration" : `/${name}`);
  }

  private readonly endpoints: Record<
    Endpoint,
    (form: URLSearchParams, authorization: string | undefined) => Answer | Promise<Answer>
  > = {
    discovery: () =>
      tampered(this.tampering.discovery, {
        issuer: this.issuer,
        authorization_endpoint: this.endpoint("authorize"),
        token_endpoint: this.endpoint("token"),
        jwks_uri: this.endpoint("jwks"),
        userinfo_endpoint: this.endpoint("userinfo"),
        end_session_endpoint: this.endpoint("end-session"),
        revocation_endpoint: this.endpoint("revocation"),
        pushed_authorization_request_endpoint: this.endpoint("par"),
        ...(this.requiresPushedRequests && { require_pushed_authorization_requests: true }),
        response_types_supported: ["code"],
        subject_types_supported: ["public"],
        code_challenge_methods_supported: ["S256"],
        id_token_signing_alg_values_supported: [
          "none",
          "HS256",
          "RS256",
          "RS384",
          "RS512",
          "PS256",
          "PS384",
          "PS512",
          "ES256",
          "ES384",
          "ES512",
          "EdDSA",
        ],
        authorization_response_iss_parameter_supported: true,
      }),
    jwks: () => tampered(this.tampering.jwks, { keys: this.publishedKeys.map((key): unknown => key.jwk) }),
    userinfo: (_form, authorization) => {
      const refusal = this.userinfoRefusals.shift();
      if (refusal) return refusal;
      const user = this.accessTokens.get(authorization?.replace(/^(Bearer|DPoP) /, "") ?? "");
      return user ? tampered(this.tampering.userinfo, verified(user)) : [401, { error: "invalid_token" }];
    },
    par: async (form, authorization) => {
      const refusal = await this.clientRefusal("par", form, authorization);
      if (refusal) return refusal;
      const requestUri = `urn:ietf:params:oauth:request_uri:${this.newSecret()}`;
      this.pushedRequests.set(requestUri, form);
      return [201, { request_uri: requestUri, expires_in: 60 }];
    },
    revocation: async (form, authorization) => {
      const refusal = await this.clientRefusal("revocation", form, authorization);
      if (refusal) return refusal;
      const token = form.get("token") ?? "";
      this.revoked.push(token);
      for (const grant of this.grants) if (grant.refreshTokens.includes(token)) grant.ended = true;
      return [200, ""];
    },
    token: async (form, authorization) => {
      const refusal = await this.clientRefusal("token", form, authorization);
      if (refusal) return refusal;
      const type = form.get("grant_type");
      if (type === "authorization_code") return this.redeemCode(form);
      if (type === "refresh_token") return this.redeemRefreshToken(form);
      return [400, { error: "unsupported_grant_type" }];
    },
  };

  /** Authenticates the client before anything else, as every provider does: what a form has besides is not looked at. */
  private async clientRefusal(
    endpoint: Endpoint,
    form: URLSearchParams,
    authorization: string | undefined,
  ): Promise<Answer | undefined> {
    const assertion = form.get("client_assertion");
    if (assertion !== null) this.seen(assertion);
    const refusal = this.clientRefusals.shift();
    if (refusal) return refusal;
    return (await this.isAuthenticated(endpoint, form, authorization)) ? undefined : [401, { error: "invalid_client" }];
  }

  private isAuthenticated(
    endpoint: Endpoint,
    form: URLSearchParams,
    authorization: string | undefined,
  ): boolean | Promise<boolean> {
    const [id, secret] = [encode(this.clientId), encode(this.clientSecret ?? "")];
    const methods: Record<ClientAuthenticationMethod, () => boolean | Promise<boolean>> = {
      private_key_jwt: () => this.isAsserted(endpoint, form),
      aws_assertion: () => this.isAsserted(endpoint, form),
      none: () => !authorization && form.get("client_id") === this.clientId && !form.has("client_secret"),
      client_secret_post: () =>
        !authorization && form.get("client_id") === this.clientId && form.get("client_secret") === this.clientSecret,
      client_secret_basic: () => authorization === `Basic ${btoa(`${id}:${secret}`)}` && !form.has("client_secret"),
    };
    return methods[methodOf(this.clientAuthentication)]();
  }

  /** RFC 7523 section 3, RFC 10070 section 4: an assertion of the client, or of whom the federated credential names. */
  private async isAsserted(endpoint: Endpoint, form: URLSearchParams): Promise<boolean> {
    const federated = this.federatedCredential;
    const isTyped = form.get("client_assertion_type") === "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
    if (!isTyped || form.get("client_id") !== this.clientId || form.has("client_secret")) return false;
    const settings = this.clientAuthentication as Exclude<ClientAuthentication, string>;
    const ownAudience = settings.audience === "endpoint" ? this.endpoint(endpoint) : this.issuer;
    const keys = federated ? (federated.jwks() as JSONWebKeySet) : this.clientKeys;
    try {
      const verified = await jwtVerify(form.get("client_assertion") ?? "", createLocalJWKSet(keys), {
        issuer: federated?.issuer ?? this.clientId,
        subject: federated?.subject ?? this.clientId,
        requiredClaims: ["exp", "jti", "aud"],
        currentDate: new Date(this.now() * 1000),
        clockTolerance: 5,
      });
      const { aud, jti } = verified.payload;
      // As its sole value; and once, unless it is another's, who makes one for a while.
      if (aud !== (federated?.audience ?? ownAudience) || (!federated && this.usedAssertions.has(jti!))) return false;
      this.usedAssertions.add(jti!);
      this.assertions.push({ ...verified, endpoint });
      return true;
    } catch {
      return false;
    }
  }

  /** The parameters of an authorization request, wherever they are. */
  private parametersOf(visible: URLSearchParams): URLSearchParams {
    const requestUri = visible.get("request_uri");
    if (requestUri === null) {
      if (this.requiresPushedRequests) throw new Error("the authorization request was not pushed");
      return visible;
    }
    const pushed = this.pushedRequests.get(requestUri);
    this.pushedRequests.delete(requestUri);
    if (!pushed || [...visible.keys()].join() !== "client_id,request_uri") throw new Error("an unknown request_uri");
    for (const name of ["client_assertion", "client_assertion_type", "client_secret"]) pushed.delete(name);
    return pushed;
  }

  private redeemCode(form: URLSearchParams): Answer | Promise<Answer> {
    this.codesSeen++;
    const code = form.get("code") ?? "";
    const grant = this.codes.get(code);
    if (!this.takesCodesAgain) this.codes.delete(code);
    const verifier = this.seen(form.get("code_verifier") ?? "");
    const challenge = createHash("sha256").update(verifier).digest("base64url");
    if (!grant || grant.redirectUri !== form.get("redirect_uri") || grant.challenge !== challenge)
      return [400, { error: "invalid_grant" }];
    const begun = { ...grant, refreshTokens: [] };
    this.grants.push(begun);
    return this.tokens(begun, true);
  }

  private redeemRefreshToken(form: URLSearchParams): Answer | Promise<Answer> {
    if (this.refusesRenewals !== undefined) return [400, { error: this.refusesRenewals }];
    const token = form.get("refresh_token") ?? "";
    const grant = this.grants.find((candidate) => candidate.refreshTokens.includes(token));
    if (!grant) return [400, { error: "invalid_grant" }];
    if (grant.refreshTokens.at(-1) !== token) grant.ended = true;
    if (grant.ended) return [400, { error: "invalid_grant", error_description: "<i>reuse</i>" }];
    return this.tokens(grant, this.renewsIdTokens);
  }

  private async tokens(grant: Grant, withIdToken: boolean): Promise<Answer> {
    const first = grant.refreshTokens.length === 0;
    if (this.issuesRefreshTokens && (first || this.rotatesRefreshTokens))
      grant.refreshTokens.push(this.newSecret(this.refreshTokenBytes));
    const user = first || this.remembersUsers ? grant.user : this.user;
    const accessToken = this.newSecret();
    this.accessTokens.set(accessToken, user);
    return tampered(this.tampering.tokenResponse, {
      access_token: accessToken,
      token_type: "Bearer",
      expires_in: 300,
      ...(withIdToken && {
        id_token: this.seen(await this.idToken(user, first ? grant.nonce : undefined, grant)),
      }),
      ...(this.issuesRefreshTokens &&
        (first || this.rotatesRefreshTokens) && { refresh_token: grant.refreshTokens.at(-1) }),
    });
  }

  private idToken(
    user: Json,
    nonce: string | undefined,
    { authTime, acr }: Pick<Grant, "authTime" | "acr">,
  ): string | Promise<string> {
    const told = Object.entries(verified(user)).filter(([name]) => !this.userinfoOnly.includes(name));
    const now = this.now();
    const claims: JWTPayload = {
      iss: this.issuer.replace(TENANT_ID, String(user["tid"])),
      aud: this.clientId,
      iat: now,
      exp: now + 300,
      auth_time: authTime ?? now - 5,
      ...(nonce !== undefined && { nonce }),
      ...(acr !== undefined && { acr }),
      ...Object.fromEntries(told),
    };
    this.tampering.claims?.(claims);
    return this.tampering.idToken ? this.tampering.idToken(claims, this.key) : signIdToken(claims, this.key);
  }

  private newSecret(bytes = 32): string {
    return this.seen(randomBytes(bytes).toString("base64url"));
  }

  private seen(secret: string): string {
    this.secretsSeen.add(secret);
    return secret;
  }
}

function listen(server: Server | PlainServer, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, "localhost", () => {
      server.off("error", reject);
      resolve();
    });
  });
}

/** Says of every address that it is verified, unless the user's claims say otherwise. */
function verified(user: Json): Json {
  return { ...("email" in user && { email_verified: true }), ...user };
}

function tampered<T>(change: ((value: T) => unknown) | undefined, value: T): Answer {
  return [200, change?.(value) ?? value];
}

/** application/x-www-form-urlencoded, as RFC 6749 appendix B asks of client credentials. */
function encode(text: string): string {
  return new URLSearchParams({ "": text }).toString().slice(1);
}
