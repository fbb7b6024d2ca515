/** The signature is the one that an independent implementation makes. */
import { AwsV4Signer } from "aws4fetch";
import { signedHeaders } from "../../../edge-handlers/shared/aws/signature";

const NOW = new Date("2026-03-04T05:06:07.089Z");
const CREDENTIALS = { accessKeyId: "AKIDEXAMPLE", secretAccessKey: "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY" };
const TARGET = { "content-type": "application/x-amz-json-1.0", "x-amz-target": "DynamoDB_20120810.GetItem" };

test.each([
  [
    "a JSON call",
    "dynamodb",
    "https://dynamodb.us-east-1.amazonaws.com/",
    TARGET,
    '{"Key":{"pk":{"S":"ä€"}}}',
    undefined,
  ],
  ["a session token", "ssm", "https://ssm.us-east-1.amazonaws.com/", TARGET, "{}", "IQoJb3JpZ2luX2VjEA=="],
  ["a port", "ssm", "http://127.0.0.1:8000/", TARGET, "{}", undefined],
  [
    "an ARN in the path",
    "lambda",
    `https://lambda.us-east-1.amazonaws.com/2015-03-31/functions/${encodeURIComponent("arn:aws:lambda:us-east-1:1:function:a_b-c:$LATEST")}/invocations`,
    { "content-type": "application/json", "x-amz-invocation-type": "RequestResponse" },
    "{}",
    undefined,
  ],
  ["characters that no path needs", "lambda", "https://lambda.us-east-1.amazonaws.com/a!b'(c)*~d", {}, "", undefined],
])("%s", async (_name, service, url, headers: Record<string, string>, body, sessionToken) => {
  const expected = await new AwsV4Signer({
    method: "POST",
    url,
    headers,
    body,
    ...CREDENTIALS,
    ...(sessionToken !== undefined && { sessionToken }),
    service,
    region: "us-east-1",
    datetime: "20260304T050607Z",
    allHeaders: true,
  }).sign();
  const ours = signedHeaders(
    { service, region: "us-east-1", url: new URL(url), headers, body },
    { ...CREDENTIALS, sessionToken },
    NOW,
  );
  expect(ours["authorization"]).toBe(expected.headers.get("authorization"));
  expect(ours["x-amz-date"]).toBe(expected.headers.get("x-amz-date"));
  expect(ours["x-amz-security-token"]).toBe(sessionToken);
});

test.each([
  ["GET", "https://wiki-1.s3.us-east-1.amazonaws.com/docs/%C3%9Cber%20uns/index.html"],
  ["HEAD", "https://wiki-1.s3.us-east-1.amazonaws.com/a~b_c-d.e"],
] as const)("%s of an object, whose path is not encoded again", async (method, url) => {
  const expected = await new AwsV4Signer({
    method,
    url,
    headers: { "x-amz-content-sha256": "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855" },
    ...CREDENTIALS,
    service: "s3",
    region: "us-east-1",
    datetime: "20260304T050607Z",
    allHeaders: true,
  }).sign();
  const ours = signedHeaders(
    { method, service: "s3", region: "us-east-1", url: new URL(url), headers: {}, body: "" },
    CREDENTIALS,
    NOW,
  );
  expect(ours["authorization"]).toBe(expected.headers.get("authorization"));
});
