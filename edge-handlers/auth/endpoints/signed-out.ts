/** `signed-out`: the last page of a sign-out, with or without the identity provider. */
import { textsOf } from "../../../pages/page";
import { page } from "../../shared/responses";
import { rememberedReturnPath } from "../cookies/return-path";
import { loginPath, type RequestContext } from "../request-context";

export function signedOut(context: RequestContext): Response {
  const { settings, appearance, requestId, note } = context;
  note.outcome = "shown";
  return page(200, appearance, {
    title: "signedOutTitle",
    content: [textsOf(appearance)("signedOutText")],
    actions: [{ href: loginPath(settings, rememberedReturnPath(context)), label: "signInAgain" }],
    requestId,
  });
}
