/** Asks the provider about the client itself: is each redirect URI registered, and is the client's secret right? */
import { randomBytes } from "node:crypto";
import { profileOf, scopesOf } from "../../identity/profiles";
import { methodOf } from "../../session/client-authentication";
import { finder, type Finding } from "../finding";
import { NoAnswer, objectIn, type Answer } from "../http";
import { endpointIn, urlsOf, type Check, type DiscoveredSubject } from "./subject";

/** Errors of a request with `prompt=none` that only mean that nobody is signed in. */
const NOT_SIGNED_IN = ["login_required", "interaction_required", "consent_required", "account_selection_required"];

/**
 * Starts a sign-in that must not show a page (`prompt=none`,
 * https://openid.net/specs/openid-connect-core-1_0.html#AuthError). If the provider knows the client and the redirect
 * URI, it redirects back with an error. Otherwise it must not redirect.
 */
export const redirectUris: Check = async (subject) => {
  const uris = urlsOf(subject, "callback");
  if (
    subject.provider.pushedAuthorizationRequests ||
    subject.metadata["require_pushed_authorization_requests"] === true
  )
    return uris.map((uri) =>
      finder("redirect URI").skipped(
        uri,
        "the provider takes pushed requests only; compare the address with the one there",
      ),
    );
  return Promise.all(uris.map((uri) => redirectUri(subject, uri)));
};

async function redirectUri(subject: DiscoveredSubject, uri: string): Promise<Finding> {
  const { ok, warning, problem, skipped } = finder("redirect URI");
  const { provider, clientId, http } = subject;
  const url = new URL(endpointIn(subject, "authorization_endpoint")!);
  const random = () => randomBytes(32).toString("base64url");
  const parameters = {
    ...profileOf(provider.profile).parameters,
    ...provider.authorizationParameters,
    response_type: "code",
    response_mode: "query",
    client_id: clientId,
    redirect_uri: uri,
    scope: scopesOf(subject.provider, subject.metadata).join(" "),
    state: random(),
    nonce: random(),
    code_challenge: random(),
    code_challenge_method: "S256",
    prompt: "none",
  };
  for (const [name, value] of Object.entries(parameters)) url.searchParams.set(name, value);
  const answer = await http.send(url, { headers: { accept: "text/html" } }).catch(reason);
  if (typeof answer === "string") return skipped(`${uri}: the provider gave no answer (${answer})`);
  const register = `register exactly this address for the client ${clientId}, and check the client ID`;
  const target = redirectOf(answer, url);
  if (!target) {
    const code = /AADSTS\d+/.exec(answer.body)?.[0];
    return problem(`${uri}: not accepted (HTTP ${answer.status}${code ? `, ${code}` : ""})`, register);
  }
  const error = target.searchParams.get("error");
  if (!target.href.startsWith(`${uri}?`))
    return error === null
      ? ok(`${uri}: accepted; the provider went on to its own page`)
      : problem(`${uri}: not accepted (${error})`, register);
  if (error !== null && NOT_SIGNED_IN.includes(error)) return ok(`${uri}: registered`);
  const said = [error, target.searchParams.get("error_description")].filter((text) => text !== null).join(": ");
  if (error === "invalid_scope")
    return problem(`${uri}: ${said}`, "leave out of scopes what the provider does not know");
  if (error === "access_denied") return warning(`${uri}: registered, but ${said}`);
  return problem(
    `${uri}: registered, but the provider answers ${said || "without an error"}`,
    "change the client there",
  );
}

/** Redeems a made-up code. A provider authenticates the client before it looks at the code (RFC 6749 section 3.2.1). */
export const credentials: Check = async (subject) => {
  const { ok, problem, skipped } = finder("credentials");
  const { clientId, clientSecret, http, id } = subject;
  const method = methodOf(subject.provider.clientAuthentication);
  if (method !== "none" && clientSecret === undefined)
    return skipped(
      method.startsWith("client_secret") ? "the client secret was not sent" : `${method} is not tried from here`,
      method.startsWith("client_secret") ? "add --client-secret to read it from Secrets Manager and try it" : undefined,
    );
  const form = new URLSearchParams({
    grant_type: "authorization_code",
    code: `edgegate-doctor-${randomBytes(12).toString("hex")}`,
    redirect_uri: urlsOf(subject, "callback")[0]!,
    code_verifier: randomBytes(32).toString("base64url"),
    ...(method !== "client_secret_basic" && { client_id: clientId }),
    ...(method === "client_secret_post" && { client_secret: clientSecret! }),
  });
  // RFC 6749 section 2.3.1: both parts are form-encoded.
  const encoded = (text: string) => new URLSearchParams({ x: text }).toString().slice(2);
  const basic = Buffer.from(`${encoded(clientId)}:${encoded(clientSecret ?? "")}`).toString("base64");
  const answer = await http
    .send(endpointIn(subject, "token_endpoint")!, {
      method: "POST",
      headers: {
        accept: "application/json",
        "content-type": "application/x-www-form-urlencoded",
        ...(method === "client_secret_basic" && { authorization: `Basic ${basic}` }),
      },
      body: form.toString(),
    })
    .catch(reason);
  if (typeof answer === "string") return skipped(`the provider gave no answer (${answer})`);
  // https://www.rfc-editor.org/rfc/rfc6749#section-5.2
  const said = objectIn(answer)?.["error"];
  const error = typeof said === "string" ? said : undefined;
  // The code is refused, so the client was accepted.
  if (error === "invalid_grant") return ok(method === "none" ? "the client is public" : "the client secret is right");
  if (error === "invalid_client" || error === "unauthorized_client" || answer.status === 401)
    return problem(
      `the provider refuses the client (${error ?? `HTTP ${answer.status}`})`,
      method === "none"
        ? 'make the client a public one at the provider, or set clientAuthentication to "client_secret_basic"'
        : `store the client's secret: edgegate secrets put ${id}; or write the method that the client has at the provider`,
    );
  return skipped(`the provider answers ${error ?? `HTTP ${answer.status}`} to a made-up code, which says nothing`);
};

function redirectOf({ status, headers }: Answer, from: URL): URL | undefined {
  const { location } = headers;
  return status >= 300 && status < 400 && location !== undefined && URL.canParse(location, from)
    ? new URL(location, from)
    : undefined;
}

function reason(error: unknown): string {
  if (error instanceof NoAnswer) return error.message;
  throw error;
}
