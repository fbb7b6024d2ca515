/** Runs the Lambda@Edge functions on origin events, and checks what Lambda functions return. */
import { isDisallowedHeader, isRefusedInResponse, READ_ONLY_IN_ORIGIN_RESPONSE } from "../cloudfront/headers";
import { MAX_GENERATED_RESPONSE, MAX_ORIGIN_RESPONSE } from "../cloudfront/limits";
import { responseFromLambda, type EdgeRequest, type LambdaRequest, type LambdaResponse } from "./cloudfront-events";
import type { Behavior } from "./distribution";
import { errorPage } from "./error-page";
import type { Lambda } from "./lambda";
import type { OriginResponse } from "./origin";
import { changedRequest, changedResponse, originRequestEvent, originResponseEvent } from "./origin-events";

/** The response for the viewer, and the error, if there is one. */
interface HandlerAnswer {
  response: OriginResponse;
  note?: string;
}

/** The request for the origin after the function on origin requests, or the function's own answer. */
export async function beforeOrigin(
  lambdas: Readonly<Record<string, Lambda>>,
  request: EdgeRequest,
  { originRequest, origin }: Behavior,
): Promise<{ request: EdgeRequest } | HandlerAnswer> {
  if (!originRequest) return { request };
  let result: unknown;
  try {
    result = await lambdas[originRequest.functionName]!.invoke(originRequestEvent(request, origin));
  } catch (error) {
    const reason = error instanceof Error ? error.message.split("\n")[0] : "";
    return {
      response: errorPage(request, 503, "The Lambda function failed."),
      note: `origin handler failed: ${reason}`,
    };
  }
  const returned = (result ?? {}) as Partial<LambdaResponse & LambdaRequest>;
  if (returned.status === undefined && returned.uri !== undefined && returned.headers)
    return { request: changedRequest(returned as LambdaRequest, request) };
  const problem = problemOf(result, MAX_ORIGIN_RESPONSE);
  if (problem)
    return {
      response: errorPage(request, 502, "The Lambda function returned no valid response."),
      note: `origin handler: ${problem}`,
    };
  return { response: responseFromLambda(result as LambdaResponse), note: `origin handler: ${returned.status}` };
}

/** The answer of the function on origin responses, and the error, if there is one. */
export async function afterOrigin(
  lambda: Lambda,
  request: EdgeRequest,
  response: OriginResponse,
  { originHeaders }: Behavior,
): Promise<HandlerAnswer> {
  let result: unknown;
  try {
    result = await lambda.invoke(originResponseEvent(request, response, originHeaders));
  } catch (error) {
    const reason = error instanceof Error ? error.message.split("\n")[0] : "";
    return {
      response: errorPage(request, 503, "The Lambda function failed."),
      note: `origin handler failed: ${reason}`,
    };
  }
  const problem = problemOf(result, MAX_ORIGIN_RESPONSE, (name) =>
    READ_ONLY_IN_ORIGIN_RESPONSE.includes(name)
      ? JSON.stringify(valuesOf((result as LambdaResponse).headers?.[name])) !==
        JSON.stringify(response.headers.filter(([key]) => key.toLowerCase() === name).map(([, value]) => value))
      : isDisallowedHeader(name),
  );
  if (problem)
    return {
      response: errorPage(request, 502, "The Lambda function returned no valid response."),
      note: `origin handler: ${problem}`,
    };
  return { response: changedResponse(result as LambdaResponse, response) };
}

function valuesOf(list: { value: string }[] = []): string[] {
  return list.map(({ value }) => value);
}

/**
 * https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/lambda-generating-http-responses-in-requests.html
 */
export function problemOf(
  result: unknown,
  limit = MAX_GENERATED_RESPONSE,
  isRefused = isRefusedInResponse,
): string | undefined {
  const { status, headers = {}, body = "" } = (result ?? {}) as Partial<LambdaResponse>;
  if (typeof status !== "string" || !/^[2-5]\d\d$/.test(status)) return "status must be a text of three digits";
  if (typeof body !== "string" || Buffer.byteLength(body) > limit)
    return `body must be a text of at most ${limit / 1024} KB`;
  for (const [name, list] of Object.entries(headers)) {
    const wellFormed =
      name === name.toLowerCase() &&
      Array.isArray(list) &&
      list.every(({ key, value }) => typeof value === "string" && (key ?? name).toLowerCase() === name);
    if (!wellFormed) return `header ${name} must be a list of { key, value } under its lower-case name`;
    if (isRefused(name)) return `header ${name} must not be set by a function`;
  }
  return undefined;
}
