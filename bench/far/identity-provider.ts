/** A small OpenID provider without sign-in pages: every request succeeds at once. */
import { randomBytes } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import { exportJWK, generateKeyPair, SignJWT } from "jose";

export const CLIENT = { id: "bench", secret: "bench-secret" } as const;
const KEY_ID = "bench-key";

export interface BenchProvider {
  /** Where it listens. */
  port: number;
  /** Its public address, which is known once the distance is set up. It must be set before the first request. */
  issuer: string;
  /** @param url of an authorization request. @returns where the browser is sent */
  authorize(url: string): string;
  close(): Promise<void>;
}

/** @param now Unix seconds */
export async function startBenchProvider(
  { key, cert }: { key: string; cert: string },
  now: () => number,
): Promise<BenchProvider> {
  const keys = await generateKeyPair("RS256");
  const jwk = { ...(await exportJWK(keys.publicKey)), kid: KEY_ID, alg: "RS256", use: "sig" };
  const nonces = new Map<string, string>();

  async function tokens(form: URLSearchParams): Promise<object> {
    const nonce = nonces.get(form.get("code") ?? "");
    nonces.delete(form.get("code") ?? "");
    const claims = { email: "ada@example.com", email_verified: true, auth_time: now(), ...(nonce && { nonce }) };
    const idToken = await new SignJWT(claims)
      .setProtectedHeader({ alg: "RS256", kid: KEY_ID })
      .setIssuer(provider.issuer)
      .setAudience(CLIENT.id)
      .setSubject("ada")
      .setIssuedAt(now())
      .setExpirationTime(now() + 300)
      .sign(keys.privateKey);
    const token = () => randomBytes(32).toString("base64url");
    return { access_token: token(), token_type: "Bearer", expires_in: 300, id_token: idToken, refresh_token: token() };
  }

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { issuer } = provider;
    let body = "";
    for await (const chunk of request) body += String(chunk);
    const documents: Record<string, () => object | Promise<object>> = {
      "/.well-known/openid-configuration": () => ({
        issuer,
        authorization_endpoint: `${issuer}/authorize`,
        token_endpoint: `${issuer}/token`,
        jwks_uri: `${issuer}/keys`,
        response_types_supported: ["code"],
      }),
      "/keys": () => ({ keys: [jwk] }),
      "/token": () => tokens(new URLSearchParams(body)),
    };
    const document = await documents[request.url ?? ""]!();
    response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(document));
  }

  const server = createServer({ key, cert, keepAliveTimeout: 60_000 }, (request, response) => {
    answer(request, response).catch(() => response.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const provider: BenchProvider = {
    port: (server.address() as AddressInfo).port,
    issuer: "",
    authorize(url) {
      const { searchParams } = new URL(url);
      const code = randomBytes(32).toString("base64url");
      nonces.set(code, searchParams.get("nonce") ?? "");
      const back = new URL(searchParams.get("redirect_uri") ?? "");
      back.search = new URLSearchParams({ code, state: searchParams.get("state") ?? "" }).toString();
      return back.pathname + back.search;
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
  return provider;
}
