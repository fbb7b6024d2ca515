/** `client.js`: the browser client as an ES module, for pages without a bundler. docs/browser.md is its manual. */
import { DEFAULT_BASE_PATH, MODULE } from "../browser-client";
import { publicText } from "../../shared/responses";
import type { RequestContext } from "../request-context";

/** Seconds: each request costs an invocation, and older clients keep working. */
const MAX_AGE = 86_400;

export function client({ settings, note }: RequestContext): Response {
  note.outcome = "told";
  const module = MODULE.replace(JSON.stringify(DEFAULT_BASE_PATH), JSON.stringify(settings.basePath));
  return publicText(module, "text/javascript; charset=utf-8", MAX_AGE);
}
