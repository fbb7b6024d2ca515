/** The entry point of the bundle: connects the core to CloudFront and AWS. */
import { failureAnswer } from "./answers";
import { awsPorts, type LambdaContext } from "./aws/ports";
import { ANSWER_TIME } from "../shared/cloudfront/answer-time";
import { toIncoming, toRequestId, type ViewerRequestEvent } from "../shared/cloudfront/request";
import { toCloudFrontResponse, type CloudFrontResponse } from "../shared/cloudfront/response";
import type { Handle } from "../shared/incoming";
import { asFailure, FAILURES } from "./failures";
import { createHandle } from "./handle";
import type { Ports } from "./ports";

let runtime: { ports: Ports; handle: Handle } | undefined;

/** https://docs.aws.amazon.com/lambda/latest/dg/nodejs-handler.html */
export async function handler(event: ViewerRequestEvent, context: LambdaContext): Promise<CloudFrontResponse> {
  const { ports, handle } = (runtime ??= start(context));
  let [requestId, method] = ["unknown", "GET"];
  try {
    const { config, request } = event.Records[0].cf;
    [requestId, method] = [toRequestId(config.requestId), request.method];
    return await toCloudFrontResponse(await handle(toIncoming(request, requestId)), method);
  } catch (error) {
    // A malformed event, or a response that CloudFront would refuse.
    const failure = asFailure(error);
    ports.log({
      endpoint: "none",
      outcome: failure.code,
      status: FAILURES[failure.code].status,
      requestId,
      ...(failure.detail && { detail: failure.detail }),
    });
    return toCloudFrontResponse(failureAnswer(failure, { navigation: true, requestId }), method);
  }
}

function start(context: LambdaContext): { ports: Ports; handle: Handle } {
  const ports = awsPorts(context);
  return { ports, handle: createHandle(ports, ANSWER_TIME) };
}
