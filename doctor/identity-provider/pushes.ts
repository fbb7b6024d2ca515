/** The events that the provider can push to the gateway, and the addresses to register for them. */
import { finder } from "../finding";
import { urlsOf, type Check } from "./subject";

export const pushedSignOuts: Check = (subject) => {
  const { metadata } = subject;
  const { ok, warning } = finder("pushed sign-outs");
  const [backChannel] = urlsOf(subject, "backchannel-logout");
  if (metadata["backchannel_logout_supported"] === true)
    return ok(`back-channel logout is offered; the address to register is ${backChannel}`);
  const [frontChannel] = urlsOf(subject, "frontchannel-logout");
  if (metadata["frontchannel_logout_supported"] === true || metadata["http_logout_supported"] === true)
    return ok(`front-channel logout is offered; the address to register is ${frontChannel}`);
  return warning(
    "the provider does not push sign-outs",
    "who signs out or is disabled there keeps access until the next renewal; to end it sooner, use edgegate revoke user",
  );
};
