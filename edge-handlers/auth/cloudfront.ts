/** The entry point of the bundle: connects the core to CloudFront and AWS. */
import { LANGUAGES } from "../../pages/texts/texts";
import { PLAIN_THEME } from "../../pages/theme";
import { failureAnswer } from "./answers";
import { awsPorts } from "./aws/ports";
import { ANSWER_TIME, timeToAnswer } from "../shared/cloudfront/answer-time";
import { toIncoming, toRequestId, type ViewerRequestEvent } from "../shared/cloudfront/request";
import { toCloudFrontResponse, type CloudFrontResponse } from "../shared/cloudfront/response";
import type { Handle } from "../shared/incoming";
import { asFailure, FAILURES } from "./failures";
import { createHandle } from "./handle";
import { initializeInstance } from "./initialize";
import { identityProviders, type IdentityProviders } from "./oidc/identity-providers";
import type { Ports } from "./ports";

/**
 * The members of Lambda's context object that are used here
 * (https://docs.aws.amazon.com/lambda/latest/dg/nodejs-context.html).
 */
interface LambdaContext {
  functionName: string;
  invokedFunctionArn: string;
  getRemainingTimeInMillis(): number;
}

interface Runtime {
  /** The name of the function in its home region. */
  gateway: string;
  ports: Ports;
  providers: IdentityProviders;
  handle: Handle;
}

/** In a replica the name of the function starts with the home region. */
const REPLICA_PREFIX = /^us-east-1\./;

let runtime: Runtime | undefined;
let account = "";

/**
 * Called once before the first event, while Lambda gives an instance all the CPU and ten seconds
 * (https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtime-environment.html#runtimes-lifecycle-ib). The name is in a
 * reserved environment variable, which the edge has, too
 * (https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/lambda-at-edge-function-restrictions.html).
 *
 * Never rejects.
 */
export async function initialize(): Promise<void> {
  const functionName = process.env["AWS_LAMBDA_FUNCTION_NAME"];
  if (functionName === undefined) return;
  const { ports, providers } = runtimeOf(functionName);
  await initializeInstance(ports, providers);
}

/** https://docs.aws.amazon.com/lambda/latest/dg/nodejs-handler.html */
export async function handler(event: ViewerRequestEvent, context: LambdaContext): Promise<CloudFrontResponse> {
  const { ports, handle } = runtimeOf(context.functionName);
  account = context.invokedFunctionArn.split(":")[4] ?? "";
  let [requestId, method] = ["unknown", "GET"];
  try {
    const { config, request } = event.Records[0].cf;
    [requestId, method] = [toRequestId(config.requestId), request.method];
    const timeLimit = timeToAnswer(context.getRemainingTimeInMillis());
    return await toCloudFrontResponse(await handle({ ...toIncoming(request, requestId), timeLimit }), method);
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
    const appearance = { theme: PLAIN_THEME, language: LANGUAGES[0] };
    return toCloudFrontResponse(failureAnswer(failure, { navigation: true, appearance, requestId }), method);
  }
}

/** What this instance keeps between requests. */
function runtimeOf(functionName: string): Runtime {
  const gateway = functionName.replace(REPLICA_PREFIX, "");
  if (runtime?.gateway === gateway) return runtime;
  const ports = awsPorts(gateway, () => account);
  const providers = identityProviders(ports);
  return (runtime = { gateway, ports, providers, handle: createHandle(ports, ANSWER_TIME, providers) });
}
