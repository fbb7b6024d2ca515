/**
 * `refused?why=<code>&id=<request ID>[&to=<path>][&need=<requirement>]`: the content of the frame in the gate's page.
 * It tells people why their request was refused and what they can do. The surrounding page has the status of the
 * refusal.
 */
import { markup, type Html } from "../../../pages/html";
import { textsOf, type Action, type Page } from "../../../pages/page";
import { ACCOUNT_STYLE } from "../../../pages/style";
import type { TextKey } from "../../../pages/texts/texts";
import type { Session } from "../../../session/token";
import { page } from "../../shared/responses";
import { readSession } from "../cookies/session";
import { Failure } from "../failures";
import {
  hasSeveralProviders,
  identityProviderOf,
  loginPath,
  startAgainPath,
  type RequestContext,
} from "../request-context";
import { readStepUp } from "../sign-in/step-up";
import { unsentForm } from "../sign-in/unsent-form";
import { wayForward } from "./way-forward";
import { readReturnPath } from "../sign-in/return-path";

interface Refused {
  context: RequestContext;
  say: ReturnType<typeof textsOf>;
  /** The path and query of the request. */
  place: string;
  /** The ID of the request. */
  id: string;
  /** The visitor's session, if it can be read. */
  session: Session | undefined;
}

type Shown = Pick<Page, "title" | "content" | "actions" | "hasButton">;

/** Pages by the gate's reason code. */
const PAGES: Record<string, (refused: Refused) => Shown> = {
  host: fixed("hostTitle", "checkAddress"),
  path: fixed("pathTitle", "checkAddress"),
  size: fixed("sizeTitle", "sizeText"),
  endpoint: fixed("notFoundTitle", "checkAddress"),
  rule: fixed("deniedTitle", "deniedRule"),
  store: ({ say, place }) => ({
    title: "storeTitle",
    content: [say("storeText")],
    actions: [{ href: place, label: "tryAgain" }],
  }),
  function: fixed("internalTitle", "internalText"),
  role,
  // The surrounding page is the answer to the form.
  form: ({ context }) => unsentForm(context, readStepUp(context.url.searchParams, context.settings)),
  closed,
};

const REQUEST_ID = /^[\w=-]{1,128}$/;

export async function refused(context: RequestContext): Promise<Response> {
  const { url, settings, appearance, note } = context;
  const [why = "", id = ""] = ["why", "id"].map((name) => url.searchParams.get(name) ?? "");
  const show = Object.hasOwn(PAGES, why) ? PAGES[why]! : undefined;
  if (!show || !REQUEST_ID.test(id)) throw new Failure("bad_request");
  const isPlaced = url.searchParams.has("to");
  const place = readReturnPath(url.searchParams.getAll("to"), settings.basePath);
  note.outcome = "shown";
  const session = why === "role" || why === "closed" ? await sessionIfReadable(context) : undefined;
  return page(200, appearance, {
    ...show({ context, say: textsOf(appearance), place, id, session }),
    requestId: id,
    // Without the query string, which may contain a secret.
    ...(isPlaced && { address: url.origin + place.split("?")[0]! }),
    style: ACCOUNT_STYLE,
    isFrame: true,
  });
}

/** The user's name is only information. A revoked session may show it too, because it gives no access here. */
async function sessionIfReadable(context: RequestContext): Promise<Session | undefined> {
  try {
    return (await readSession(context))?.session;
  } catch {
    return undefined;
  }
}

function fixed(title: TextKey, text: TextKey) {
  return ({ say }: Refused): Shown => ({ title, content: [say(text)] });
}

/** A new role is in the session after its next renewal, which `login` tries first. */
function role(refusal: Refused): Shown {
  const { context, say, place, session, id } = refusal;
  const forward = session && wayForward(context, { session, path: place.split("?")[0]!, id });
  return {
    title: "deniedTitle",
    content: [
      say("deniedRole"),
      ...account(refusal),
      ...(forward?.content ?? []),
      forward?.button ? say("requestAdvice", { button: say("requestAccess") }) : say("deniedAdvice"),
      ...(forward?.button ? [forward.button] : []),
    ],
    hasButton: forward?.button !== undefined,
    actions: [
      ...(forward?.actions ?? []),
      switchAccount(refusal),
      { href: loginPath(context.settings, place), label: "checkAgain" },
    ],
  };
}

function closed(refusal: Refused): Shown {
  const { context, say, place, session } = refusal;
  const { until, message, admitsSome = false } = context.settings.maintenance ?? {};
  const signIn: Action = { href: loginPath(context.settings, place), label: "signIn" };
  return {
    title: "maintenanceTitle",
    content: [
      message ?? say("maintenanceText"),
      ...(until === undefined ? [] : [say("maintenanceUntil", { time: timeIn(context.appearance.language, until) })]),
      ...(admitsSome ? account(refusal) : []),
    ],
    actions: [{ href: place, label: "tryAgain" }, ...(admitsSome ? [session ? switchAccount(refusal) : signIn] : [])],
  };
}

/** Leads back to the same place. The provider lets people choose. */
function switchAccount({ context: { settings }, place }: Refused): Action {
  return { href: `${startAgainPath(settings, place)}&another`, label: "switchAccount" };
}

function account({ context: { settings }, say, session }: Refused): Html[] {
  if (!session) return [];
  const name = session.email || session.uid;
  const provider = hasSeveralProviders(settings) ? identityProviderOf(settings, session.idp)?.label : undefined;
  const initial = [...name][0]!.toUpperCase();
  const service = provider !== undefined && markup`<small>${provider}</small>`;
  const who = markup`<small>${say("signedInAs")}</small><strong>${name}</strong>${service}`;
  return [markup`<div class=w><span class=f aria-hidden=true>${initial}</span><span>${who}</span></div>`];
}

/** The server does not know the visitor's time zone. */
function timeIn(language: string, time: string): string {
  const options = { dateStyle: "long", timeStyle: "short", timeZone: "UTC" } as const;
  return `${new Intl.DateTimeFormat(language, options).format(new Date(time))} UTC`;
}
