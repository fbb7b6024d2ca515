/**
 * Help for people who are signed in but lack a role: which role it is, and where to ask for it.
 *
 * The address of the frame contains the rule's requirement. Anyone can write such an address. So the page uses only
 * names of roles that the config lets all signed-in people know. The worst that a forged address can do is to name
 * another of these roles.
 */
import { markup, type Html } from "../../../pages/html";
import { textsOf, type Action } from "../../../pages/page";
import { readRequirement } from "../../../policy/requirement";
import { alternativesOf, type Conditions } from "../../../policy/rule";
import { REFUSAL_MAC } from "../../../session/refusal-proof";
import type { Session } from "../../../session/token";
import type { RequestContext } from "../request-context";

interface Denied {
  /** The visitor's session. */
  session: Session;
  /** The path of the request, without the query string, which may contain a secret. */
  path: string;
  /** The ID of the request. */
  id: string;
}

interface WayForward {
  content: (string | Html)[];
  /** A form. */
  button: Html | undefined;
  actions: Action[];
}

/** A longer list would not help anyone. */
const MAX_CHOICES = 8;

export function wayForward(context: RequestContext, denied: Denied): WayForward {
  const { settings, appearance, url } = context;
  const { requestUrl, requestHook } = settings.accessDenied ?? {};
  const say = textsOf(appearance);
  const choices = missingRoles(context, denied.session, url.searchParams.get("need") ?? "");
  const asksForRole = requestUrl?.includes("{role}") === true;
  const items = choices.map((roles) => {
    const names = markup`<strong>${new Intl.ListFormat(appearance.language, { type: "conjunction" }).format(roles)}</strong>`;
    if (!asksForRole) return markup`<li>${names}`;
    const href = filled(requestUrl!, denied, roles);
    return markup`<li>${names} – <a href="${href}" target=_blank rel=noopener>${say("requestAccess")}</a>`;
  });
  return {
    content: items.length > 0 ? [say("deniedMissing"), markup`<ul>${items}</ul>`] : [],
    // Without a proof, the page was not opened by the gate.
    button: requestHook && url.search.includes(REFUSAL_MAC) ? button(context) : undefined,
    actions:
      requestUrl === undefined || (asksForRole && items.length > 0)
        ? []
        : [{ href: filled(requestUrl, denied, []), label: "requestAccess", isNewTab: true }],
  };
}

/** The answer's page replaces this one in the frame. */
function button({ settings, appearance, url }: RequestContext): Html {
  return markup`<form method=post action="${settings.basePath}/request-access" target=_self><input type=hidden name=refusal value="${
    url.pathname + url.search
  }"><button class=b>${textsOf(appearance)("requestAccess")}</button></form>`;
}

/**
 * The roles that the visitor lacks: all names of one choice are needed together. Choices with an undisclosed role are
 * left out.
 *
 * @param need the requirement, as the gate writes it
 */
export function missingRoles({ settings }: RequestContext, session: Session, need: string): string[][] {
  const known = settings.accessDenied?.tellRoles ?? [];
  const choices = alternativesIn(need)
    .filter(({ idp }) => idp?.includes(session.idp) ?? true)
    .flatMap(({ roles, allRoles = [] }) =>
      (roles ?? [undefined]).map((any) => (any === undefined ? allRoles : [...allRoles, any])),
    )
    .map((roles) => [...new Set(roles)].filter((name) => !session.roles.includes(name)))
    .filter((roles) => roles.length > 0 && roles.every((name) => known.includes(name)));
  const texts = choices.map((roles) => roles.join("\n"));
  return choices.filter((_, i) => texts.indexOf(texts[i]!) === i).slice(0, MAX_CHOICES);
}

function alternativesIn(requirement: string): readonly Conditions[] {
  try {
    return alternativesOf(readRequirement(requirement).allow);
  } catch {
    // Not the gate's.
    return [];
  }
}

/** Placeholders are in the query only (config/access-denied.ts), so no value leads to another place. */
function filled(requestUrl: string, { session, path, id }: Denied, roles: readonly string[]): string {
  const values: Record<string, string> = {
    user: session.email || session.uid,
    role: roles.join(","),
    path,
    reference: id,
  };
  return requestUrl.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(values[name] ?? ""));
}
