/** `signed-out`: where sign-out ends, also if it went through the identity provider. */
import { page } from "../../shared/responses";
import type { RequestContext } from "../request-context";

export function signedOut({ settings, requestId, note }: RequestContext): Response {
  note.outcome = "shown";
  return page(200, settings.theme, {
    title: "Signed out",
    text: "You are signed out of this site. On a shared device, close the browser too.",
    action: { href: `${settings.basePath}/login`, label: "Sign in again" },
    requestId,
  });
}
