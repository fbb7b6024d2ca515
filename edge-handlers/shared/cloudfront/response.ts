/** Converts a Fetch response to CloudFront's format for viewer-request triggers. */
import { isRefusedInResponse } from "../../../cloudfront/headers";
import { MAX_GENERATED_RESPONSE } from "../../../cloudfront/limits";

/** https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/lambda-generating-http-responses.html */
export interface CloudFrontResponse {
  /** Three digits. */
  status: string;
  headers: Record<string, { key: string; value: string }[]>;
  body?: string;
  bodyEncoding?: "text";
}

/** @throws TypeError for a header that CloudFront refuses; RangeError for a response of more than 40 KB */
export async function toCloudFrontResponse(response: Response, method: string): Promise<CloudFrontResponse> {
  const headers: CloudFrontResponse["headers"] = {};
  for (const [key, value] of response.headers) {
    if (isRefusedInResponse(key)) throw new TypeError(`CloudFront refuses the header ${key}`);
    // Fetch lists each `set-cookie` separately and joins the values of every other header.
    (headers[key] ??= []).push({ key, value });
  }
  const body = method === "HEAD" ? "" : await response.text();
  const size = Buffer.byteLength(JSON.stringify(headers)) + Buffer.byteLength(body);
  if (size > MAX_GENERATED_RESPONSE)
    throw new RangeError(`response is ${size} bytes; CloudFront accepts at most ${MAX_GENERATED_RESPONSE}`);
  return { status: String(response.status), headers, ...(body !== "" && { body, bodyEncoding: "text" }) };
}
