/** The objects of S3: https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObject.html */
import type { ServerResponse } from "node:http";
import { answerFromBucket, type SiteFolder } from "../site-folder";

/** The requested operation; undefined for a request that is not S3's. */
export function objectOperation(method: string, authorization: string): string | undefined {
  if (!authorization.includes("/s3/aws4_request")) return undefined;
  return method === "GET" ? "S3.GetObject" : method === "HEAD" ? "S3.HeadObject" : undefined;
}

/** @param target `/bucket/key` */
export function sendObject(
  files: SiteFolder | undefined,
  method: string,
  target: string,
  response: ServerResponse,
): void {
  const path = target.slice(target.indexOf("/", 1));
  const request = { id: "local", method, path, query: undefined, headers: [], body: Buffer.alloc(0), clientIp: "" };
  const { status, headers, body } = answerFromBucket(files ?? (() => undefined), request);
  response.writeHead(status, [...headers, ["content-length", String(body.length)]].flat() as string[]);
  response.end(method === "HEAD" ? undefined : body);
}
