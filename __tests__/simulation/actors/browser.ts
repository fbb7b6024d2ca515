/**
 * A browser at the gateway, somewhere on a network that loses answers. It keeps cookies as browsers do, and tries again
 * within seconds.
 */
import { REFRESH_COOKIE, SESSION_COOKIE } from "../../../session/cookies";
import { decodePayload, splitToken } from "../../../session/token";
import { createCookieJar, parseSetCookie, type CookieJar } from "../../support/cookie-jar";
import type { EdgeAnswer } from "../viewer-request";
import type { History } from "../history";
import type { KnownSession } from "../model";
import type { ProviderSession } from "../services/identity-provider";

const NAVIGATION: [string, string][] = [
  ["Accept", "text/html"],
  ["Sec-Fetch-Mode", "navigate"],
  ["Sec-Fetch-Dest", "document"],
];
const SCRIPT: [string, string][] = [
  ["Accept", "*/*"],
  ["Sec-Fetch-Mode", "cors"],
  ["Sec-Fetch-Dest", "empty"],
  ["Sec-Fetch-Site", "same-origin"],
  ["Origin", "https://app.example.com"],
];

/** Where a refresh cookie is of use. */
const RENEWING = /^\/_gate\/(login|refresh)$/;

/** Where a request comes from: a typed-in address, a link of the site, or another site. */
type From = "none" | "same-origin" | "cross-site";

export interface SignIn {
  who: string;
  provider: ProviderSession;
}

export class Browser {
  jar: CookieJar;

  constructor(
    readonly history: History,
    readonly address: string,
    readonly edge: () => number,
    jar?: CookieJar,
  ) {
    this.jar = jar ?? createCookieJar(() => history.world.seconds());
  }

  token(): string | undefined {
    return this.jar.get(SESSION_COOKIE) || undefined;
  }

  session(): KnownSession | undefined {
    return this.history.sessionOf(this.token());
  }

  ask(path: string) {
    const cookie = this.jar.header(path);
    return this.history.gateway.decide(this.edge(), {
      path,
      headers: [...NAVIGATION, ["Sec-Fetch-Site", "none"], ...this.#cookies(cookie)],
      address: this.address,
    });
  }

  navigate(url: string, from: From, signIn?: SignIn): Promise<EdgeAnswer | undefined> {
    return this.#send("GET", url, [...NAVIGATION, ["Sec-Fetch-Site", from], ["Sec-Fetch-User", "?1"]], signIn);
  }

  script(method: string, url: string): Promise<EdgeAnswer | undefined> {
    return this.#send(method, url, SCRIPT);
  }

  #cookies(cookie: string | undefined): [string, string][] {
    return cookie === undefined ? [] : [["Cookie", cookie]];
  }

  /** @returns undefined where there was no answer: the function failed, or the answer was lost */
  async #send(
    method: string,
    url: string,
    headers: [string, string][],
    signIn?: SignIn,
  ): Promise<EdgeAnswer | undefined> {
    const { history } = this;
    const path = url.split("?")[0]!;
    const [begunAt, refresh] = [history.world.now(), this.jar.get(REFRESH_COOKIE)];
    const session = RENEWING.test(path) ? this.session() : undefined;
    const generation = session && history.generationOf(session);
    const answer = await history.gateway.handle(this.edge(), {
      method,
      url,
      headers: [...headers, ...this.#cookies(this.jar.header(path))],
      address: this.address,
    });
    if (!answer) {
      if (session && history.generationOf(session) !== generation) session.unheardAt = history.world.now();
      return undefined;
    }
    history.seen({
      answer,
      begunAt,
      address: this.address,
      refresh: RENEWING.test(path) ? refresh : undefined,
      signIn,
    });
    if (history.losesAnswer()) {
      const token = answer.setCookies
        .map(parseSetCookie)
        .find(({ name, value }) => name === SESSION_COOKIE && value !== "")?.value;
      const given = history.sessionOf(token);
      if (given) given.unheardAt = history.world.now();
      return undefined;
    }
    answer.setCookies.forEach((line) => this.jar.store(line));
    return answer;
  }
}

/** The session that a token is of, as it says. */
export function claimsOf(token: string) {
  return decodePayload(splitToken(token)!.payload);
}
