/** `signed-out`: where sign-out ends, also if it went through the identity provider. */
import { escapeHtml, page } from "../../shared/responses";
import { rememberedReturnPath } from "../cookies/return-path";
import { loginPath, type RequestContext } from "../request-context";

export function signedOut(context: RequestContext): Response {
  const { settings, requestId, note } = context;
  note.outcome = "shown";
  return page(200, settings.theme, {
    title: "Signed out",
    text: "You are signed out of this site. On a shared device, close the browser too.",
    action: { href: escapeHtml(loginPath(settings, rememberedReturnPath(context))), label: "Sign in again" },
    requestId,
  });
}
