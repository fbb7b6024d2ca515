import { markup } from "../../../pages/html";
import { textsOf, type Page } from "../../../pages/page";
import { loginPath, type RequestContext } from "../request-context";
import { signedInPath } from "./return-path";
import { stepUpQuery, type StepUp } from "./step-up";

/**
 * Explains how to send a form again that arrived without a sufficient session. It must be the direct answer to the
 * form, so that reloading the page sends the form again.
 *
 * @param stepUp the requirements for the sign-in
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
