/**
 * The browser client keeps a session alive while the page is visible, and turns a refused request into a renewal or a
 * sign-in. It never sees a token, because the cookies are `HttpOnly`. docs/browser.md is its manual.
 *
 * Every byte counts: a test limits it to 1,024 bytes, minified and compressed.
 */

export interface SessionOptions {
  /** The path prefix of the gateway's endpoints, as in its config; `/_gate` by default. */
  basePath?: string;
  /**
   * Called when the session can no longer be renewed, and when a request was refused because of that. The page then
   * decides when to call `signIn`. By default, it stays until a request is refused, and then goes to sign-in.
   */
  onSignedOut?: (signIn: () => void) => void;
}

export interface BrowserSession {
  /**
   * As the browser's `fetch`. If the gateway refuses the request because the session is over, it renews the session and
   * sends the request once more. If that does not help, it goes to sign-in, and the caller gets the refusal (401).
   * The body is kept in memory until then.
   *
   * @throws TypeError as the browser's `fetch` does
   */
  fetch: typeof fetch;
  /** Goes to sign-in and comes back to this page. Keeps what people typed into forms with `data-gate-keep`. */
  signIn: () => void;
  /**
   * Puts back what {@link signIn} kept, if the same user came back. The start does it, too. Call it for forms that are
   * made later.
   *
   * @throws Response if the gateway did not answer as expected; TypeError if it could not be reached
   */
  restoreForms: () => Promise<void>;
}

/** Milliseconds to wait after failures: it grows from the first to the longest. */
const FIRST_PAUSE = 2_000;
const LONGEST_PAUSE = 300_000;
/** Milliseconds. */
const EARLY = 99;
/**
 * The name of the renewing tab's lock, of the item in `localStorage` with the next renewal, and of the item with forms.
 */
const NAME = "gate";
/** Types and `autocomplete` of fields whose content does not belong in a browser's storage. */
const SECRET = /pass|file|hid|one-t|cc-|off/;

type Field = HTMLInputElement;
const KEPT = ["name", "value", "checked"] satisfies (keyof Field)[];
/** The kept data of a page: its user and its fields. */
type Kept = [owner?: string, ...Pick<Field, "name" | "value" | "checked">[]];

/** Starts to renew the session of this page. Call it once a page. */
export function startSession({ basePath = "/_gate", onSignedOut }: SessionOptions = {}): BrowserSession {
  /** Local time in milliseconds of the next attempt to renew; 0 if it has to be found out, NaN if there is none. */
  let due = 0;
  let pause = FIRST_PAUSE;
  let isLeaving = false;
  let user: string | undefined;

  /** Local time in milliseconds of the next renewal, according to the last tab that asked; NaN if there is none. */
  const shared = (): number => +localStorage[NAME];
  /** Only the same user on the same page gets the typed text back. */
  const owner = (): string => user + location.pathname;

  /** @returns the timer, which is never 0 */
  const waitUntil = (time: number): unknown => setTimeout(renewIfDue, (due = time) - Date.now());

  /** @returns false if the user has to sign in */
  const ask = async (isRenewal?: boolean): Promise<unknown> => {
    const response = await fetch(basePath + (isRenewal ? "/refresh" : "/me"), isRenewal ? { method: "POST" } : {});
    if (response.status > 401) throw response;
    const told = (await response.json()) as { renew_in: number; user?: string };
    localStorage[NAME] = Date.now() + told.renew_in * 1_000;
    user ||= told.user;
    pause = FIRST_PAUSE;
    waitUntil(shared());
    return response.ok;
  };

  /**
   * @param seen the value of {@link shared} when the need arose: if another tab has renewed since, there is nothing to
   * do
   * @returns false if the user has to sign in
   */
  const renew = (seen: number): Promise<unknown> => {
    const work = async () => (shared() > Math.max(seen, Date.now()) ? waitUntil(shared()) : ask(seen !== 0));
    // https://developer.mozilla.org/docs/Web/API/Web_Locks_API
    return (navigator.locks as LockManager | undefined)?.request(NAME, work) ?? work();
  };

  /** A hidden page does not keep a session alive. Timers may be early by a few milliseconds. */
  const renewIfDue = (): void => {
    isLeaving = false;
    if (!document.hidden && due < Date.now() + EARLY)
      renew(due).then(
        (isSignedIn) => isSignedIn || onSignedOut?.(signIn),
        () => waitUntil(Date.now() + (pause = Math.min(pause * (2 + Math.random()), LONGEST_PAUSE))),
      );
  };

  const keptFields = (): Field[] =>
    [...document.querySelectorAll<Field>("[data-gate-keep] [name]")].filter(
      // A field without an `autocomplete` of its own has its form's.
      (field) => !SECRET.test(field.type + field.autocomplete + field.form?.autocomplete),
    );

  const restoreForms = async (): Promise<void> => {
    const fields = keptFields();
    if (!fields[0] || !(user || (await ask()))) return;
    const [keptBy, ...kept] = JSON.parse(sessionStorage[NAME] || "[]") as Kept;
    if (keptBy === owner())
      fields.forEach((field, i) => {
        if (kept[i]?.name === field.name)
          Object.assign(field, kept[i]).dispatchEvent(new Event("input", { bubbles: true }));
      });
  };

  /** @param login the sign-in that the gateway asks for; its query may ask for a stronger authentication */
  const signIn = (login?: unknown): void => {
    if (isLeaving) return;
    isLeaving = true;
    if (user) sessionStorage[NAME] = JSON.stringify([owner(), ...keptFields()] satisfies Kept, KEPT);
    const query = new URLSearchParams(`${login}`.split("?")[1]);
    query.set("return_to", location.pathname + location.search);
    location.assign(basePath + "/login?" + query);
  };

  /** The sign-in that a refusal of the gateway names; undefined for any other answer. */
  const signInOf = async (response: Response): Promise<string | undefined> => {
    if (response.type === "basic" && /^Cookie realm="gate"/.test(response.headers.get("www-authenticate")!))
      return ((await response.clone().json()) as { login: string }).login;
    return undefined;
  };

  const fetchWithSession: typeof fetch = async (input, init) => {
    const request = new Request(input, init);
    const again = request.clone();
    const seen = shared();
    let response = await fetch(request);
    let login = await signInOf(response);
    // If the gateway cannot be reached, the session may still be valid, and signing in would not work either.
    if (login && (await renew(seen).catch(() => (login = "")))) login = await signInOf((response = await fetch(again)));
    if (login)
      if (onSignedOut) onSignedOut(() => signIn(login));
      else signIn(login);
    return response;
  };

  addEventListener("focus", renewIfDue);
  addEventListener("visibilitychange", renewIfDue);
  addEventListener("submit", () => delete sessionStorage[NAME]);
  restoreForms().then(renewIfDue, renewIfDue);
  return { fetch: fetchWithSession, signIn, restoreForms };
}
