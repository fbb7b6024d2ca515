import { markup } from "../../../pages/html";
import { textsOf, type Page } from "../../../pages/page";
import { loginPath, type RequestContext } from "../request-context";
import { signedInPath } from "./return-path";

/**
 * Says how to send a form again that arrived without a session. The answer to the form must show it, so that reloading it
 * sends the form again.
 */
export function unsentForm({ settings, appearance }: RequestContext): Pick<Page, "title" | "content" | "actions"> {
  const say = textsOf(appearance);
  const steps = (["formSignIn", "formReload", "formConfirm"] as const).map((key) => markup`<li>${say(key)}`);
  const href = loginPath(settings, signedInPath(settings.basePath));
  return {
    title: "formTitle",
    content: [say("formText"), markup`<ol>${steps}</ol>`],
    actions: [{ href, label: "signInInNewTab", isNewTab: true }],
  };
}
