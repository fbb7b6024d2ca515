/** Requests of browsers as events of the auth handler, and its answers. */
import { HOST } from "./gate";

export interface EdgeRequest {
  method: string;
  /** With its query. */
  url: string;
  headers: [name: string, value: string][];
  body?: string;
  address: string;
}

export interface EdgeAnswer {
  status: number;
  location: string | undefined;
  setCookies: string[];
  body: string;
  /** What the handler's log says of it. */
  outcome: string;
  detail: string;
  /** When the handler had made it. */
  answeredAt: number;
}

/** As CloudFront hands it to the handler. */
export function viewerRequestEvent(id: string, { method, url, headers, body = "", address }: EdgeRequest) {
  const [uri = "", ...query] = url.split("?");
  const listed: Record<string, { key: string; value: string }[]> = {};
  for (const [key, value] of [["Host", HOST] as [string, string], ...headers])
    (listed[key.toLowerCase()] ??= []).push({ key, value });
  const request = {
    clientIp: address,
    method,
    uri,
    querystring: query.join("?"),
    headers: listed,
    body: {
      action: "read-only",
      encoding: "base64",
      inputTruncated: false,
      data: Buffer.from(body).toString("base64"),
    },
  };
  return {
    Records: [
      {
        cf: {
          config: {
            distributionDomainName: "d111111abcdef8.cloudfront.net",
            distributionId: "EDFDVBD6EXAMPLE",
            eventType: "viewer-request",
            requestId: id,
          },
          request,
        },
      },
    ],
  };
}

/** @param said the handler's log of it */
export function readAnswer(result: unknown, said: Record<string, string>, answeredAt: number): EdgeAnswer {
  const response = result as {
    status: string;
    headers: Record<string, { value: string }[]>;
    body?: string;
  };
  return {
    status: Number(response.status),
    location: response.headers["location"]?.[0]?.value,
    setCookies: (response.headers["set-cookie"] ?? []).map(({ value }) => value),
    body: response.body ?? "",
    outcome: said["outcome"] ?? "",
    detail: said["detail"] ?? "",
    answeredAt,
  };
}
