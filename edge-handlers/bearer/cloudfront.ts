/** The entry point of the bundle: a Lambda@Edge function on origin requests of API behaviors. */
import { STATUS_CODES } from "node:http";
import { safeCode } from "../shared/failure";
import { toRequestId, type CloudFrontRequest } from "../shared/cloudfront/request";
import { refusalAnswer } from "./answer";
import { authorize, type Refusal } from "./authorize";
import { awsPorts } from "./aws/ports";
import type { Ports } from "./ports";

/**
 * https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/lambda-event-structure.html#lambda-event-structure-request
 */
interface OriginRequestEvent {
  Records: [{ cf: { config: { requestId: string }; request: CloudFrontRequest } }];
}

/** https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/lambda-generating-http-responses.html */
interface GeneratedResponse {
  status: string;
  statusDescription: string;
  headers: CloudFrontRequest["headers"];
  body: string;
}

/** In a replica the name of the function starts with the home region. */
const REPLICA_PREFIX = /^us-east-1\./;

let runtime: { functionName: string; ports: Ports } | undefined;

/**
 * Called once before the first event, while Lambda gives an instance all the CPU. A request fetches again what failed.
 *
 * Never rejects.
 */
export async function initialize(): Promise<void> {
  const functionName = process.env["AWS_LAMBDA_FUNCTION_NAME"];
  if (functionName === undefined) return;
  const { settings, keys, assertionKey } = portsOf(functionName);
  try {
    const { issuers, assertion } = await settings();
    const loads: Promise<unknown>[] = Object.values(issuers).map(async (issuer) => (await keys.of(issuer)).load());
    await Promise.allSettled(assertion === undefined ? loads : [...loads, assertionKey()]);
  } catch {
    // The first request reports the failure.
  }
}

/** Never rejects: a request passes only if the decision says so. */
export async function handler(
  event: OriginRequestEvent,
  context: { functionName: string },
): Promise<CloudFrontRequest | GeneratedResponse> {
  const ports = portsOf(context.functionName);
  let requestId = "unknown";
  let request: CloudFrontRequest | undefined;
  try {
    const { cf } = event.Records[0];
    requestId = toRequestId(cf.config.requestId);
    request = cf.request;
    const header = (name: string) => (cf.request.headers[name] ?? []).map(({ value }) => value);
    const decision = await authorize({ header, address: request.clientIp }, ports);
    if (!decision.passes) return answerTo(decision, request, requestId, ports);
    for (const name of decision.remove) delete request.headers[name];
    for (const [name, value] of Object.entries(decision.set)) request.headers[name] = [{ key: name, value }];
    return request;
  } catch (error) {
    const refusal: Refusal = { passes: false, status: 503, outcome: "internal", detail: safeCode(error) };
    return answerTo(refusal, request, requestId, ports);
  }
}

function answerTo(
  refusal: Refusal,
  request: CloudFrontRequest | undefined,
  requestId: string,
  { log }: Ports,
): GeneratedResponse {
  const { outcome, status, detail, idp, uid } = refusal;
  log({ endpoint: "bearer", outcome, status, requestId, ...omitUndefined({ detail, idp, uid }) });
  const origin = request?.headers["origin"]?.[0]?.value;
  // The gate sets this header, and removes a viewer's header of this name.
  const host = request?.headers["x-forwarded-host"]?.[0]?.value;
  const { headers, body } = refusalAnswer(refusal, { requestId, origin, host });
  return {
    status: String(status),
    statusDescription: STATUS_CODES[status] ?? "",
    headers: Object.fromEntries(Object.entries(headers).map(([key, value]) => [key, [{ key, value }]])),
    body: request?.method === "HEAD" ? "" : body,
  };
}

function omitUndefined<T extends object>(values: T): { [K in keyof T]?: NonNullable<T[K]> } {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]?: NonNullable<T[K]>;
  };
}

/** What this instance keeps between requests. */
function portsOf(name: string): Ports {
  const functionName = name.replace(REPLICA_PREFIX, "");
  if (runtime?.functionName !== functionName) runtime = { functionName, ports: awsPorts(functionName) };
  return runtime.ports;
}
