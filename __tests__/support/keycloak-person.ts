/** People at a gateway whose identity provider is Keycloak: in Chromium, and as scripts that act like browsers. */
import type { Browser, BrowserContext, Page } from "playwright-core";
import { HttpClient, type Answer } from "../../local/http-client";
import { SESSION_COOKIE, SIGN_INS_COOKIE } from "../../session/cookies";
import { decodePayload, splitToken, type Session } from "../../session/token";
import { launchBrowser, newVisitor, replaceToken, sessionOf } from "./browser";
import type { KeycloakUser } from "./keycloak-admin";
import type { KeycloakEdge } from "./keycloak-edge";
import { signInByScript, signInWith } from "./keycloak-pages";

/** For each test a browser profile of its own. */
export class Visitor {
  context!: BrowserContext;
  page!: Page;

  constructor(private readonly started: () => KeycloakEdge) {}

  get gateway(): KeycloakEdge {
    return this.started();
  }

  get url(): string {
    return this.gateway.edge.url;
  }

  /** @param more fills in what Keycloak asks besides the password */
  async signIn(user: KeycloakUser, path: string, more?: () => Promise<void>): Promise<void> {
    await this.page.goto(this.url + path);
    expect(this.isAtKeycloak()).toBe(true);
    await signInWith(this.page, user);
    if (more) {
      await more();
      await this.page.locator("#kc-login").click();
    }
    await this.page.waitForURL(this.url + path);
  }

  isAtKeycloak(): boolean {
    return new URL(this.page.url()).origin === this.gateway.keycloak;
  }

  me(): Promise<unknown> {
    return this.page.evaluate(async () => (await fetch("/_gate/me")).json() as Promise<unknown>);
  }

  callApi(): Promise<number> {
    return this.page.evaluate(async () => (await fetch("/api/hello")).status);
  }

  session(): Promise<Session & { token: string }> {
    return sessionOf(this.context, this.gateway.edge);
  }

  async age(): Promise<void> {
    const value = await this.gateway.ageing.age((await this.session()).token);
    await this.context.clearCookies({ name: SIGN_INS_COOKIE });
    await replaceToken(this.context, this.gateway.edge, value);
  }
}

/** For the tests of a `describe`. */
export function inChromium(chromium: string, started: () => KeycloakEdge): Visitor {
  const visitor = new Visitor(started);
  let browser: Browser;
  beforeAll(async () => {
    browser = await launchBrowser(chromium);
  });
  afterAll(() => browser?.close());
  beforeEach(async () => Object.assign(visitor, await newVisitor(browser)));
  afterEach(() => visitor.context?.close());
  return visitor;
}

export class ScriptedPerson {
  readonly client: HttpClient;

  constructor(private readonly gateway: KeycloakEdge) {
    this.client = new HttpClient(gateway.ca);
  }

  /** Opens a page and signs in on the way. */
  async signIn(user: KeycloakUser, path: string): Promise<Session> {
    const { status, url } = await signInByScript(this.client, this.gateway.edge.url + path, user);
    expect([status, url.href]).toEqual([200, this.gateway.edge.url + path]);
    return this.session();
  }

  open(path: string): Promise<Answer> {
    return this.client.open(this.gateway.edge.url + path);
  }

  session(): Session {
    return decodePayload(splitToken(this.client.cookie(SESSION_COOKIE)!)!.payload);
  }

  async age(): Promise<void> {
    this.client.setCookie(SESSION_COOKIE, await this.gateway.ageing.age(this.client.cookie(SESSION_COOKIE)!));
    // It is kept for a minute.
    if (this.client.cookie(SIGN_INS_COOKIE) !== undefined) this.client.setCookie(SIGN_INS_COOKIE, "");
  }
}

/** A user whose password and address follow from the name. */
export function userNamed(name: string): KeycloakUser {
  return { name, password: `${name}-secret`, email: `${name}@example.com` };
}
