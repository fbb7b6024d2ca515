/** The process of the local identity provider: gets its options as a message, reports where it listens, and serves. */
import { generateKeyPairSync, randomBytes, type JsonWebKey } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import type { ClientMetadata, Configuration, KoaContextWithOIDC } from "oidc-provider";
import { errors, Provider } from "oidc-provider";
import type { ClaimsChange, IdentityProviderOptions, Listening, Program, Registered } from "./identity-provider";
import { Memory } from "./identity-provider-memory";
import { loginPage, messagePage, signOutPage } from "./identity-provider-pages";

const SCOPES = ["openid", "profile", "email", "offline_access"];
/**
 * The sign-out addresses of profiles with their own form of sign-out (identity/profiles/), and the parameters with the
 * return address.
 */
const OWN_LOGOUT = new Map([
  ["/logout", "logout_uri"],
  ["/v2/logout", "returnTo"],
]);
/** No form-action: browsers would apply it to the redirect that follows the sign-in form. */
const PAGE_POLICY = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; base-uri 'none'";
const GRANT_SECONDS = 14 * 86_400;
/** The default dispatcher of oidc-provider refuses addresses of this machine, but the gateway is here. */
const ANY_ADDRESS = { dispatcher: undefined };

process.on("disconnect", () => process.exit(0));
process.once("message", (options: IdentityProviderOptions) => {
  const server = createServer({ key: options.key, cert: options.cert });
  const keys = newKeys();
  server.listen(0, "127.0.0.1", () => {
    const issuer = `https://localhost:${(server.address() as AddressInfo).port}`;
    // Sessions and grants outlive the provider that made them (identity-provider-memory.ts).
    const provide = () => {
      const provider = new Provider(issuer, configuration(options, keys));
      provider.on("backchannel.error", (_context, error, client) => {
        process.stderr.write(`back-channel logout of ${client.clientId}: ${String(error.cause ?? error)}\n`);
      });
      return { provider, serve: provider.callback() };
    };
    let { provider, serve } = provide();
    process.on("message", (change: ClaimsChange | Registered) => {
      if ("clients" in change) {
        Object.assign(options, change);
        ({ provider, serve } = provide());
      } else options.clients.find(({ id }) => id === change.id)!.claims = change.claims;
      process.send!(change);
    });
    server.on("request", (request: IncomingMessage, response: ServerResponse) => {
      const url = new URL(request.url ?? "/", issuer);
      if (OWN_LOGOUT.has(url.pathname)) return ownLogout(url, options, response);
      const answer = url.pathname.startsWith("/interaction/")
        ? interaction(provider, options, request, response)
        : serve(request, response);
      void answer.catch((error: unknown) => {
        process.stderr.write(`${String(error)}\n`);
        send(response, 400, messagePage("This sign-in has expired", "Go back to the site and start again."));
      });
    });
    process.send!({ issuer } satisfies Listening);
  });
});

interface Keys {
  signing: JsonWebKey;
  cookies: string;
  nonce: Buffer;
}

function newKeys(): Keys {
  return {
    signing: generateKeyPairSync("rsa", { modulusLength: 2048 }).privateKey.export({ format: "jwk" }),
    cookies: randomBytes(32).toString("base64url"),
    nonce: randomBytes(32),
  };
}

function configuration(options: IdentityProviderOptions, keys: Keys): Configuration {
  return {
    adapter: Memory,
    clients: [
      ...options.clients.map((client): ClientMetadata => ({
        client_id: client.id,
        ...(client.secret !== undefined && { client_secret: client.secret }),
        redirect_uris: client.redirectUris,
        post_logout_redirect_uris: client.postLogoutRedirectUris,
        backchannel_logout_uri: client.backchannelLogoutUri,
        // Also puts `sid` into ID tokens.
        backchannel_logout_session_required: true,
        grant_types: ["authorization_code", "refresh_token"],
        token_endpoint_auth_method: client.authentication,
        ...(client.jwksUri !== undefined && { jwks_uri: client.jwksUri }),
        ...(client.requiresPushedRequests && { require_pushed_authorization_requests: true }),
        require_auth_time: true,
      })),
      ...(options.program ? [programClient(options.program)] : []),
    ],
    // Allows the program and, by the library's own rule, public clients whose redirect URI has the page's origin.
    clientBasedCORS: (_context, origin, client) =>
      client.clientId === options.program?.id
        ? options.program.origins.includes(origin)
        : client.clientAuthMethod === "none" &&
          (client.redirectUris ?? []).some((uri) => new URL(uri).origin === origin),
    jwks: { keys: [{ ...keys.signing, use: "sig", alg: "RS256" }] },
    cookies: { keys: [keys.cookies] },
    // Clients that register themselves may name scopes of an API.
    scopes: scopesOf(options),
    claims: {
      openid: ["sub", ...claimNames(options), ...options.claims],
      profile: ["name"],
      email: ["email", "email_verified"],
    },
    // Many identity providers put claims into the ID token, although a userinfo endpoint exists.
    conformIdTokenClaims: false,
    fetch: (url, options) => fetch(url, { ...options, ...ANY_ADDRESS }),
    pkce: { required: () => true },
    rotateRefreshToken: true,
    // Without a consent screen `offline_access` is dropped from the scope, so the grant type decides.
    issueRefreshToken: (_context, client) => Promise.resolve(client.grantTypeAllowed("refresh_token")),
    expiresWithSession: () => Promise.resolve(false),
    ttl: {
      AccessToken: 3600,
      AuthorizationCode: 60,
      IdToken: 3600,
      Interaction: 3600,
      Grant: GRANT_SECONDS,
      Session: GRANT_SECONDS,
      RefreshToken: GRANT_SECONDS,
    },
    features: {
      backchannelLogout: { enabled: true },
      clientCredentials: { enabled: options.program !== undefined },
      devInteractions: { enabled: false },
      dPoP: { enabled: true, nonceSecret: keys.nonce, requireNonce: () => true },
      pushedAuthorizationRequests: { enabled: true },
      revocation: { enabled: true, allowedPolicy: () => Promise.resolve(true) },
      rpInitiatedLogout: {
        enabled: true,
        logoutSource: (context, form) => {
          const nonce = randomBytes(16).toString("base64");
          context.set("content-security-policy", `${PAGE_POLICY}; script-src 'nonce-${nonce}'`);
          context.body = signOutPage(form, nonce);
        },
        postLogoutSuccessSource: (context) =>
          page(context, messagePage("Signed out", "You are signed out of Local ID.")),
      },
      // Programs such as MCP clients register themselves, and ask for tokens for one API.
      registration: { enabled: Object.keys(options.resources ?? {}).length > 0 },
      resourceIndicators: {
        enabled: true,
        getResourceServerInfo: (_context, url) => {
          const { resources = {} } = options;
          const scopes = Object.hasOwn(resources, url) ? resources[url] : undefined;
          if (!scopes) throw new errors.InvalidTarget("there is no such API");
          return {
            scope: scopes.join(" "),
            audience: url,
            accessTokenFormat: "jwt",
            jwt: { sign: { alg: "RS256" } },
          };
        },
        useGrantedResource: () => true,
      },
    },
    // Gateways take roles from access tokens, too. All of them trust one client here: the first provider's.
    extraTokenClaims: (_context, token) =>
      token.kind === "AccessToken" ? options.clients[0]?.claims[token.accountId] : undefined,
    interactions: { url: (_context, current) => `/interaction/${current.uid}` },
    findAccount: ({ oidc }, id) => {
      if (!options.users.some((user) => user.id === id)) return undefined;
      const more = Object.fromEntries(options.claims.map((claim) => [claim, `${claim} of ${id}`]));
      const client = options.clients.find((one) => one.id === oidc.client?.clientId);
      return { accountId: id, claims: () => ({ ...more, ...client?.claims[id], sub: id }) };
    },
    loadExistingGrant: async ({ oidc }) => {
      const client = oidc.client!;
      const known = oidc.session?.grantIdFor(client.clientId);
      const grant =
        (known && (await oidc.provider.Grant.find(known))) ||
        new oidc.provider.Grant({ clientId: client.clientId, accountId: oidc.session!.accountId! });
      grant.addOIDCScope(scopesOf(options).join(" "));
      for (const [url, scopes] of Object.entries(options.resources ?? {}))
        grant.addResourceScope(url, scopes.join(" "));
      await grant.save();
      return grant;
    },
    renderError: (context, out) => page(context, messagePage("That did not work", out.error_description ?? out.error)),
  };
}

function programClient({ id, secret }: Program): ClientMetadata {
  return {
    client_id: id,
    client_secret: secret,
    grant_types: ["client_credentials"],
    response_types: [],
    redirect_uris: [],
  };
}

function scopesOf({ resources = {} }: IdentityProviderOptions): string[] {
  return [...new Set([...SCOPES, ...Object.values(resources).flat()])];
}

/** All claims except the standard ones, which have their own scopes. */
function claimNames({ clients }: IdentityProviderOptions): string[] {
  const names = clients.flatMap(({ claims }) => Object.values(claims).flatMap(Object.keys));
  return [...new Set(names)].filter((name) => !["name", "email", "email_verified"].includes(name));
}

function page(context: KoaContextWithOIDC, body: string): void {
  context.type = "html";
  context.set("content-security-policy", PAGE_POLICY);
  context.body = body;
}

/** Forgets who is signed in, and goes back to an address that the client registered. */
function ownLogout(url: URL, { clients }: IdentityProviderOptions, response: ServerResponse): void {
  const target = url.searchParams.get(OWN_LOGOUT.get(url.pathname)!);
  const client = clients.find(({ id }) => id === url.searchParams.get("client_id"));
  if (!client || target === null || !client.postLogoutRedirectUris.includes(target))
    return send(response, 400, messagePage("That did not work", "The address to return to is not registered."));
  const cookies = ["_session", "_session.sig", "_session.legacy", "_session.legacy.sig"];
  response.writeHead(302, { location: target, "set-cookie": cookies.map((name) => `${name}=; Max-Age=0; Path=/`) });
  response.end();
}

/** Serves the sign-in page, and handles its form. */
async function interaction(
  provider: Provider,
  { users }: IdentityProviderOptions,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { uid } = await provider.interactionDetails(request, response);
  const action = `/interaction/${uid}`;
  if (request.method !== "POST") return send(response, 200, loginPage(users, action));
  const form = new URLSearchParams(await text(request));
  const user = users.find((one) => one.id === form.get("user"));
  if (!user || form.get("password") !== user.password)
    return send(response, 401, loginPage(users, action, form.get("user") ?? ""));
  await provider.interactionFinished(
    request,
    response,
    { login: { accountId: user.id } },
    { mergeWithLastSubmission: false },
  );
}

function send(response: ServerResponse, status: number, body: string): void {
  response.writeHead(status, {
    "content-type": "text/html; charset=utf-8",
    "cache-control": "no-store",
    "content-security-policy": PAGE_POLICY,
  });
  response.end(body);
}
