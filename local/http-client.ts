/** Acts as a browser for scripts: a cookie jar, redirects, forms, and the headers of a navigation or of a fetch. */
import { request as httpsRequest } from "node:https";
import { text } from "node:stream/consumers";

export interface Answer {
  /** The URL of the last request, after redirects. */
  url: URL;
  status: number;
  headers: Record<string, string | string[] | undefined>;
  body: string;
}

interface Cookie {
  name: string;
  value: string;
  host: string;
  path: string;
}

const NAVIGATION = { accept: "text/html", "sec-fetch-mode": "navigate", "sec-fetch-dest": "document" };
const FETCH = {
  accept: "application/json",
  "sec-fetch-mode": "cors",
  "sec-fetch-dest": "empty",
  "sec-fetch-site": "same-origin",
};
const MAX_REDIRECTS = 10;

export class HttpClient {
  #cookies: Cookie[] = [];
  readonly #ca: string;

  /** @param ca the certificate (PEM) to trust */
  constructor(ca: string) {
    this.#ca = ca;
  }

  /** Opens an address as a person would, and follows redirects. */
  async open(url: string | URL, form?: URLSearchParams): Promise<Answer> {
    let answer = await this.send(form ? "POST" : "GET", new URL(url), NAVIGATION, form?.toString());
    for (let hops = 0; answer.status >= 300 && answer.status < 400; hops++) {
      if (hops === MAX_REDIRECTS)
        throw new Error(
          `more than ${MAX_REDIRECTS} redirects, the last from ${answer.url.origin}${answer.url.pathname}`,
        );
      answer = await this.send("GET", new URL(String(answer.headers["location"]), answer.url), NAVIGATION);
    }
    return answer;
  }

  /** Calls an address as a script of the site would. */
  fetch(method: string, url: string | URL): Promise<Answer> {
    return this.send(method, new URL(url), FETCH);
  }

  /** Sends the one form of a page, with its hidden fields and these values. */
  submit(page: Answer, values: Record<string, string>): Promise<Answer> {
    const action = /<form[^>]*\saction="([^"]+)"/.exec(page.body)?.[1];
    if (action === undefined)
      throw new Error(`no form at ${page.url.origin}${page.url.pathname} (status ${page.status})`);
    const hidden = [...page.body.matchAll(/<input[^>]*type="hidden"[^>]*name="([^"]+)"[^>]*value="([^"]*)"/g)].map(
      (field) => [field[1]!, field[2]!],
    );
    return this.open(new URL(action, page.url), new URLSearchParams([...hidden, ...Object.entries(values)]));
  }

  cookie(name: string): string | undefined {
    return this.#cookies.find((cookie) => cookie.name === name)?.value;
  }

  /** Changes the value of an existing cookie. @throws Error if there is none of this name */
  setCookie(name: string, value: string): void {
    const cookie = this.#cookies.find((one) => one.name === name);
    if (!cookie) throw new Error(`there is no cookie ${name}`);
    cookie.value = value;
  }

  send(method: string, url: URL, headers: Record<string, string>, body?: string): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const cookies = this.#cookies.filter(
        (cookie) => cookie.host === url.host && url.pathname.startsWith(cookie.path),
      );
      const outgoing = httpsRequest(
        {
          // Not every resolver knows names below localhost.
          host: "127.0.0.1",
          port: url.port,
          servername: url.hostname,
          ca: this.#ca,
          method,
          path: url.pathname + url.search,
          agent: false,
          headers: {
            host: url.host,
            ...headers,
            ...(cookies.length > 0 && { cookie: cookies.map(({ name, value }) => `${name}=${value}`).join("; ") }),
            ...(body !== undefined && { "content-type": "application/x-www-form-urlencoded" }),
          },
        },
        (incoming) => {
          for (const line of incoming.headers["set-cookie"] ?? []) this.#keep(url, line);
          text(incoming).then(
            (received) => resolve({ url, status: incoming.statusCode ?? 0, headers: incoming.headers, body: received }),
            reject,
          );
        },
      );
      outgoing.once("error", reject);
      outgoing.end(body);
    });
  }

  #keep(url: URL, line: string): void {
    const [pair, ...rest] = line.split(";").map((part) => part.trim());
    const attributes = new Map(
      rest.map((part) => [part.split("=")[0]!.toLowerCase(), part.slice(part.indexOf("=") + 1)] as const),
    );
    const at = pair!.indexOf("=");
    const cookie = {
      name: pair!.slice(0, at),
      value: pair!.slice(at + 1),
      host: url.host,
      path: attributes.get("path") ?? "/",
    };
    this.#cookies = this.#cookies.filter(
      ({ name, host, path }) => name !== cookie.name || host !== cookie.host || path !== cookie.path,
    );
    const ends = attributes.has("max-age")
      ? Number(attributes.get("max-age")) > 0
      : !(Date.parse(attributes.get("expires") ?? "") < Date.now());
    if (ends) this.#cookies.push(cookie);
  }
}
