/** `signed-in`: where a sign-in ends that was only made so that another tab can go on. */
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
