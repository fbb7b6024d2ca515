/** What CloudFront would answer with 502 is refused before it gets there; no endpoint gives such a response. */
import { toCloudFrontResponse } from "../../../../edge-handlers/shared/cloudfront/response";

test("every set-cookie is a header of its own", async () => {
  const response = new Response("x", { status: 201 });
  response.headers.append("set-cookie", "a=1; Path=/");
  response.headers.append("set-cookie", "b=2, 3");
  expect(await toCloudFrontResponse(response, "GET")).toEqual({
    status: "201",
    headers: {
      "content-type": [{ key: "content-type", value: "text/plain;charset=UTF-8" }],
      "set-cookie": [
        { key: "set-cookie", value: "a=1; Path=/" },
        { key: "set-cookie", value: "b=2, 3" },
      ],
    },
    body: "x",
    bodyEncoding: "text",
  });
});

test("a response to HEAD has no body", async () => {
  expect(await toCloudFrontResponse(new Response("x"), "HEAD")).not.toHaveProperty("body");
});

test.each([
  "Connection",
  "Content-Length",
  "Host",
  "Transfer-Encoding",
  "Via",
  "Warning",
  "X-Amz-Cf-Id",
  "X-Amzn-RequestId",
  "X-Edge-Location",
  "X-Cache",
  "Keep-Alive",
  "X-Real-IP",
  "Upgrade",
])("the header %s is refused", async (name) => {
  await expect(toCloudFrontResponse(new Response("x", { headers: { [name]: "1" } }), "GET")).rejects.toThrow(
    name.toLowerCase(),
  );
});

test.each([
  ["a body", () => new Response("x".repeat(40 * 1024))],
  ["a body of long characters", () => new Response("é".repeat(20 * 1024))],
  ["headers", () => new Response("x", { headers: { "x-long": "y".repeat(40 * 1024) } })],
])("%s of more than 40 KB is refused", async (_name, response) => {
  await expect(toCloudFrontResponse(response(), "GET")).rejects.toThrow(RangeError);
});
