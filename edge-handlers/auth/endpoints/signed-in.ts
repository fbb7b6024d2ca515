/** `signed-in`: the last page of a sign-in that was made for another tab. */
import { textsOf } from "../../../pages/page";
import { page } from "../../shared/responses";
import type { RequestContext } from "../request-context";

export function signedIn({ appearance, requestId, note }: RequestContext): Response {
  note.outcome = "shown";
  return page(200, appearance, {
    title: "signedInTitle",
    content: [textsOf(appearance)("signedInText")],
    requestId,
  });
}
