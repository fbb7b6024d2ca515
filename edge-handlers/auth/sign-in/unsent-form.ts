import { markup } from "../../../pages/html";
import { textsOf, type Page } from "../../../pages/page";
import { loginPath, type RequestContext } from "../request-context";
import { signedInPath } from "./return-path";
import { stepUpQuery, type StepUp } from "./step-up";

/**
 * Says how to send a form again that arrived without a session, or with one that was not enough. The answer to the form
 * must show it, so that reloading it sends the form again.
 *
 * @param stepUp what the sign-in has to fulfill
 */
export function unsentForm(
  { settings, appearance }: RequestContext,
  stepUp?: StepUp,
): Pick<Page, "title" | "content" | "actions"> {
  const say = textsOf(appearance);
  const steps = (["formSignIn", "formReload", "formConfirm"] as const).map((key) => markup`<li>${say(key)}`);
  const href = loginPath(settings, signedInPath(settings.basePath)) + stepUpQuery(stepUp);
  return {
    title: "formTitle",
    content: [say(stepUp ? "formStepUpText" : "formText"), markup`<ol>${steps}</ol>`],
    actions: [{ href, label: "signInInNewTab", isNewTab: true }],
  };
}
