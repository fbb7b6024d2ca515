/** What rules with conditions compare besides the session. */
import type { RequestFacts } from "../../policy/meets";
import type { ViewerRequestEvent } from "./event";

let latest: ViewerRequestEvent;

/**
 * Remembers a request for the decision that follows at once. It is no argument of the decision, so that gates without
 * conditions do not pay for it.
 */
export function remember(event: ViewerRequestEvent): void {
  latest = event;
}

/** Address and country only count before the first `await`: another request may be the latest one then. */
export function factsOf(segments: readonly string[]): RequestFacts {
  const facts: RequestFacts = { segments: segments, now: Date.now() / 1000 };
  if (WITH_VIEWER) {
    const country = latest.request.headers["cloudfront-viewer-country"];
    facts.address = latest.viewer.ip;
    // CloudFront sets one. If there are two, a viewer may have sent one of them.
    if (country && !country.multiValue) facts.country = country.value;
  }
  return facts;
}
