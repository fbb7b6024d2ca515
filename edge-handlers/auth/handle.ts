/** The core: takes a Fetch request and always returns a Fetch response. */
import { chooseLanguage } from "../../pages/language";
import { PLAIN_THEME, type Appearance, type Theme } from "../../pages/theme";
import { failureAnswer, type FailureAnswer } from "./answers";
import { readCookies } from "../shared/cookie-jar";
import { findEndpoint } from "./endpoints/table";
import { addressOf, type RequestContext } from "./request-context";
import { asFailure, Failure } from "./failures";
import { identityProviders, type IdentityProviders } from "./oidc/identity-providers";
import type { Handle } from "../shared/incoming";
import { isNavigation, isOwnFrame } from "../shared/fetch-metadata";
import type { Ports } from "./ports";
import { prepareEarly } from "./prepare-early";

/**
 * Makes the handler of one runtime, which caches what identity providers publish between requests.
 *
 * @param timeLimit milliseconds after which a request is answered, even if work is still in progress
 */
export function createHandle(ports: Ports, timeLimit: number, providers = identityProviders(ports)): Handle {
  return async ({ headers, open, requestId, address, timeLimit: own = timeLimit }) => {
    const note: RequestContext["note"] = {};
    let context: RequestContext | undefined;
    let response: Response;
    try {
      const request = open();
      response = await withinTimeLimit(Math.min(own, timeLimit), async (time) => {
        context = await openContext({ request, requestId, address, ports, providers, ...time, note });
        return dispatch(context);
      });
    } catch (error) {
      const failure = asFailure(error);
      Object.assign(note, { outcome: failure.code, detail: failure.detail ?? note.detail });
      response = failureAnswer(failure, {
        ...kindOf(headers),
        appearance: context?.appearance ?? appearanceFor(headers),
        requestId,
        address: context && addressOf(context),
        startAgain: context?.startAgain,
      });
      if (context && failure.code === "method_not_allowed") response.headers.set("allow", allowedMethods(context));
    }
    for (const cookie of context?.setCookies ?? []) response.headers.append("set-cookie", cookie);
    ports.log({ endpoint: "none", outcome: "none", ...note, status: response.status, requestId, address });
    return response;
  };
}

/** The look of the pages for the sender of these headers. */
export function appearanceFor(headers: Headers, theme: Theme = PLAIN_THEME): Appearance {
  return { theme, language: chooseLanguage(headers.get("accept-language"), theme.languages) };
}

/** Whether a failure is shown to a person, and where. */
export function kindOf(headers: Headers): Pick<FailureAnswer, "navigation" | "isFrame"> {
  const isFrame = isOwnFrame(headers);
  return { navigation: isFrame || isNavigation(headers), isFrame };
}

type Time = Pick<RequestContext, "deadline" | "timeLeft">;

interface Opening extends Time {
  request: Request;
  requestId: string;
  address: string;
  ports: Ports;
  providers: IdentityProviders;
  note: RequestContext["note"];
}

async function openContext({
  request,
  requestId,
  address,
  ports,
  providers,
  deadline,
  timeLeft,
  note,
}: Opening): Promise<RequestContext> {
  const url = new URL(request.url);
  const cookies = readCookies(request.headers.get("cookie"));
  const outdated = ports.outdatedSettings();
  if (outdated) prepareEarly(outdated, { url, ports, providers, cookies });
  const settings = await ports.settings();
  return {
    request,
    url,
    now: ports.now(),
    requestId,
    address,
    settings,
    appearance: appearanceFor(request.headers, settings.theme),
    ports,
    identityProviders: providers,
    proofs: new Map(),
    deadline,
    timeLeft,
    cookies,
    setCookies: [],
    startAgain: `${settings.basePath}/login`,
    note,
  };
}

async function dispatch(context: RequestContext): Promise<Response> {
  const { url, settings, request, note } = context;
  // This check also limits redirect URIs to the gateway's own hosts.
  if (!settings.hosts.includes(url.host)) throw new Failure("wrong_host");
  const match = findEndpoint(url.pathname, settings.basePath);
  if (!match) throw new Failure("not_found");
  note.endpoint = match.name;
  if (!match.endpoint.methods.includes(request.method)) throw new Failure("method_not_allowed");
  return match.endpoint.answer(context, match.parameter);
}

function allowedMethods({ url, settings }: RequestContext): string {
  return findEndpoint(url.pathname, settings.basePath)!.endpoint.methods.join(", ");
}

/** A limit for all calls together; each call has its own limit, too. */
async function withinTimeLimit<T>(limit: number, work: (time: Time) => Promise<T>): Promise<T> {
  const deadline = AbortSignal.timeout(limit);
  const end = performance.now() + limit;
  // The runtime may be frozen after its answer and resumed later; then this request has no time left.
  const timeLeft = () => (deadline.aborted ? 0 : end - performance.now());
  const timeUp = new Promise<never>((_, reject) => {
    deadline.addEventListener("abort", () => reject(new Failure("out_of_time")), { once: true });
  });
  return Promise.race([work({ deadline, timeLeft }), timeUp]);
}
