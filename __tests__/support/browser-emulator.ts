/** A browser at the gateway: it keeps cookies and says of each request what browsers say (Fetch Metadata). */
import { createCookieJar, type CookieJar } from "./cookie-jar";
import type { EdgeResponse, ViewerRequest } from "./cloudfront-event";

type RequestOptions = Pick<ViewerRequest, "method" | "host" | "headers" | "body">;

export interface Browser {
  jar: CookieJar;
  /** Its IP address, where it is not that of all browsers. */
  address?: string;
  /** Opens a URL in a tab; `headers` replace those of a typed-in address. */
  navigate(url: string, options?: RequestOptions): Promise<EdgeResponse>;
  /** What a script of the site asks for. */
  fetch(url: string, options?: RequestOptions): Promise<EdgeResponse>;
  /** Up to the authorization URL. */
  startSignIn(returnTo?: string): Promise<string>;
  /** The identity provider agrees, and sends the browser to this path of the gateway. */
  approve(authorizationUrl: string): string;
  /** The whole way: to the identity provider and back. */
  signIn(returnTo?: string): Promise<EdgeResponse>;
  /** Another window with the same cookies at this moment, at the same address. */
  copy(): Browser;
}

interface Surroundings {
  invoke(request: Omit<ViewerRequest, "requestId">): Promise<EdgeResponse>;
  /** Unix seconds. */
  now(): number;
  authorize(url: string): string;
}

const NAVIGATION = {
  Accept: "text/html,application/xhtml+xml",
  "Sec-Fetch-Mode": "navigate",
  "Sec-Fetch-Dest": "document",
  "Sec-Fetch-Site": "none",
};
const SCRIPT = { Accept: "*/*", "Sec-Fetch-Mode": "cors", "Sec-Fetch-Dest": "empty", "Sec-Fetch-Site": "same-origin" };
const FROM_ANOTHER_SITE = { "Sec-Fetch-Site": "cross-site" };

export function createBrowser(surroundings: Surroundings, jar = createCookieJar(surroundings.now)): Browser {
  async function send(
    url: string,
    kind: Record<string, string>,
    { headers, ...options }: RequestOptions = {},
  ): Promise<EdgeResponse> {
    const cookie = jar.header(url.split("?")[0]!);
    const response = await surroundings.invoke({
      url,
      address: browser.address,
      ...options,
      headers: { ...kind, ...(cookie !== undefined && { Cookie: cookie }), ...headers },
    });
    response.headers["set-cookie"]?.forEach((line) => jar.store(line));
    return response;
  }

  const browser: Browser = {
    jar,
    navigate: (url, options) => send(url, NAVIGATION, options),
    fetch: (url, options) => send(url, SCRIPT, options),
    async startSignIn(returnTo = "/") {
      const { status, headers } = await browser.navigate(`/_gate/login?return_to=${encodeURIComponent(returnTo)}`);
      const location = headers["location"]?.[0] ?? "";
      if (status !== 302 || !/^https:/.test(location)) throw new Error(`login answered ${status} ${location}`);
      return location;
    },
    approve(authorizationUrl) {
      const { pathname, search } = new URL(surroundings.authorize(authorizationUrl));
      return pathname + search;
    },
    async signIn(returnTo) {
      return browser.navigate(browser.approve(await browser.startSignIn(returnTo)), { headers: FROM_ANOTHER_SITE });
    },
    copy: () =>
      Object.assign(
        createBrowser(surroundings, jar.copy()),
        browser.address !== undefined && { address: browser.address },
      ),
  };
  return browser;
}

/** A script of the site renews the session. */
export const renew = (browser: Browser): Promise<EdgeResponse> => browser.fetch("/_gate/refresh", { method: "POST" });
