/**
 * An OpenID provider on https://localhost that does what it should (OpenID Connect Core 1.0, RFC 6749, RFC 7636, RFC
 * 7523, RFC 9126, RFC 9207) until a test tampers with it. It remembers every secret it saw, so that tests can look for them in logs and
 * pages.
 */
import { randomBytes } from "node:crypto";
import { createServer, type Server } from "node:https";
import {
  createServer as createPlainServer,
  type IncomingMessage,
  type Server as PlainServer,
  type ServerResponse,
} from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout } from "node:timers/promises";
import type { JSONWebKeySet, JWTVerifyResult } from "jose";
import type { ClientAuthentication } from "../../../session/client-authentication";
import { TENANT_ID } from "../../../identity/user";
import type { Certificate } from "../certificates";
import { AuthorizationRequests } from "./authorization";
import { ClientAuthenticator, type FederatedCredential } from "./client-authentication";
import { endpointsOf } from "./endpoints";
import {
  OUTAGES,
  REDIRECTED,
  SLOW_ANSWER,
  type Answer,
  type Endpoint,
  type Json,
  type Outage,
  type Tampering,
} from "./faults";
import { Grants } from "./grants";
import { createSigningKey, type SigningKey } from "./keys";

export interface EmulatorOptions {
  certificate: Certificate;
  /** Unix seconds. */
  now: () => number;
  /** The path of the issuer, such as `/tenant/v2.0`. With `{tenantid}` in it, users have tenants (`tid`), as in Entra. */
  path?: string;
  clientAuthentication?: ClientAuthentication;
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

  private readonly grants = new Grants(this);
  private readonly authorizationRequests = new AuthorizationRequests(this, this.grants);
  private readonly endpoints = endpointsOf(
    this,
    new ClientAuthenticator(this),
    this.authorizationRequests,
    this.grants,
  );

  private constructor(
    private readonly server: Server,
    readonly issuer: string,
    /** Unix seconds. */
    readonly now: () => number,
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

  /** The browser's visit to the authorization endpoint; see authorization.ts. */
  authorize(url: string): string {
    return this.authorizationRequests.authorize(url);
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

  /** Its URL. */
  endpoint(name: Endpoint | "authorize" | "end-session"): string {
    const base = this.issuer.replace(TENANT_ID, "organizations").replace(/\/$/, "");
    return base + (name === "discovery" ? "/.well-known/openid-configuration" : `/${name}`);
  }

  newSecret(bytes = 32): string {
    return this.seen(randomBytes(bytes).toString("base64url"));
  }

  /** Notes a secret, and returns it. */
  seen(secret: string): string {
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
