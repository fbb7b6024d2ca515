/**
 * The event of a CloudFront Function on a viewer request, and what the function may return.
 * https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/functions-event-structure.html
 */

export interface Value {
  value: string;
  /** Present if the name occurs more than once; holds all values. */
  multiValue?: { value: string }[];
}

export interface ViewerRequest {
  method: string;
  /** The path as the viewer sent it, not decoded and without the query. */
  uri: string;
  /** Lower-case names. */
  headers: Record<string, Value>;
  cookies: Record<string, Value>;
  querystring: Record<string, Value>;
  rawQueryString(): string | undefined;
}

export interface ViewerRequestEvent {
  context: { requestId: string };
  /** Its address, IPv4 or IPv6. */
  viewer: { ip: string };
  request: ViewerRequest;
  /** Set by the gate of API behaviors: the path for which CloudFront chose the behavior. */
  viewed?: string;
  /** Set by a gate that proves refusals: see `withProof`. */
  signer?: string[] | undefined;
}

/** A response that ends the request at the edge. */
export interface EdgeResponse {
  statusCode: number;
  headers: Record<string, { value: string }>;
  body?: { encoding: "text"; data: string };
}
