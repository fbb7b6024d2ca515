/** Authorization requests at the emulator: from the browser (OpenID Connect Core 1.0), or pushed before (RFC 9126). */
import type { IdpEmulator } from "./emulator";
import type { Grants } from "./grants";

export class AuthorizationRequests {
  /** By request URI. */
  private readonly pushed = new Map<string, URLSearchParams>();

  constructor(
    private readonly idp: IdpEmulator,
    private readonly grants: Grants,
  ) {}

  /** @returns its request URI */
  push(form: URLSearchParams): string {
    const requestUri = `urn:ietf:params:oauth:request_uri:${this.idp.newSecret()}`;
    this.pushed.set(requestUri, form);
    return requestUri;
  }

  /**
   * The browser's visit to the authorization endpoint. The user agrees immediately.
   *
   * @returns the URL that the browser is sent back to
   * @throws Error for a request that no provider should take
   */
  authorize(url: string): string {
    if (!url.startsWith(`${this.idp.endpoint("authorize")}?`))
      throw new Error(`not the authorization endpoint: ${url}`);
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
    this.idp.prompts.push(prompt);
    this.idp.authorizations.push(parameters);
    const [maxAge, acr] = [parameters.get("max_age"), parameters.get("acr_values")?.split(" ")[0]];
    const known = this.idp.authenticatedAt;
    const isTooOld = maxAge !== null && known !== undefined && this.idp.now() - known > Number(maxAge);
    if ((prompt === "login" || isTooOld) && this.idp.obeysPrompt && known !== undefined)
      this.idp.authenticatedAt = this.idp.now();
    const state = this.idp.seen(expect("state", /^[\w-]{22,}$/));
    const code = this.grants.begin({
      user: this.idp.user,
      authTime: this.idp.authenticatedAt,
      acr: this.idp.obeysAcrValues ? acr : undefined,
      redirectUri: expect("redirect_uri", /^https:\/\/[a-z.]+\/_gate\/callback\/[a-z]+$/),
      challenge: expect("code_challenge", /^[\w-]{43}$/),
      nonce: this.idp.seen(expect("nonce", /^[\w-]{22,}$/)),
    });
    const answer = new URLSearchParams({ code, state, iss: this.idp.issuer });
    this.idp.tampering.authorizationResponse?.(answer);
    return `${parameters.get("redirect_uri")}?${answer}`;
  }

  /** The parameters of an authorization request, wherever they are. */
  private parametersOf(visible: URLSearchParams): URLSearchParams {
    const requestUri = visible.get("request_uri");
    if (requestUri === null) {
      if (this.idp.requiresPushedRequests) throw new Error("the authorization request was not pushed");
      return visible;
    }
    const pushed = this.pushed.get(requestUri);
    this.pushed.delete(requestUri);
    if (!pushed || [...visible.keys()].join() !== "client_id,request_uri") throw new Error("an unknown request_uri");
    for (const name of ["client_assertion", "client_assertion_type", "client_secret"]) pushed.delete(name);
    return pushed;
  }
}
