import {
  functionEvent,
  lambdaEvent,
  requestFrom,
  responseFrom,
  responseFromLambda,
  type EdgeRequest,
} from "../../local/cloudfront-events";

function request(changes: Partial<EdgeRequest> = {}): EdgeRequest {
  return {
    id: "id-1",
    method: "GET",
    path: "/",
    query: undefined,
    headers: [["Host", "app.example.com"]],
    body: Buffer.alloc(0),
    clientIp: "192.0.2.1",
    ...changes,
  };
}

describe("the event of a CloudFront Function", () => {
  test.each<[string, string | undefined, object]>([
    ["no query", undefined, {}],
    ["an empty query", "", {}],
    ["values as they were sent", "a=%20b&c", { a: { value: "%20b" }, c: { value: "" } }],
    [
      "a name twice",
      "a=1&b=2&a=3",
      { a: { value: "1", multiValue: [{ value: "1" }, { value: "3" }] }, b: { value: "2" } },
    ],
  ])("has the query: %s", (_, query, expected) => {
    const event = functionEvent(request({ query }));
    expect(event.request.querystring).toEqual(expected);
    expect(event.request.rawQueryString?.()).toBe(query);
  });

  test("has lower-case header names, and cookies apart from headers", () => {
    const event = functionEvent(
      request({
        headers: [
          ["X-Two", "1"],
          ["Cookie", "a=1; b=x=y"],
          ["x-two", "2"],
          ["Cookie", "a=2; __proto__=3"],
        ],
      }),
    );
    expect(event.request.headers).toEqual({ "x-two": { value: "1", multiValue: [{ value: "1" }, { value: "2" }] } });
    expect(Object.entries(event.request.cookies)).toEqual([
      ["a", { value: "1", multiValue: [{ value: "1" }, { value: "2" }] }],
      ["b", { value: "x=y" }],
      ["__proto__", { value: "3" }],
    ]);
  });
});

test("a request that a function changed goes on with its cookies and its query as sent", () => {
  const original = request({
    query: "b=1&a=%20&b=2",
    headers: [
      ["Cookie", "gone=1; kept=2"],
      ["Accept", "*/*"],
    ],
  });
  const changed = functionEvent(original).request;
  delete changed.cookies["gone"];
  changed.headers["x-gate-user"] = { value: "u" };
  expect(requestFrom(changed, original)).toMatchObject({
    query: "b=1&a=%20&b=2",
    headers: [
      ["accept", "*/*"],
      ["x-gate-user", "u"],
      ["cookie", "kept=2"],
    ],
  });
});

test("a function's response becomes headers and one set-cookie a cookie", () => {
  const response = responseFrom({
    statusCode: 302,
    headers: { location: { value: "/a" } },
    cookies: {
      a: { value: "1", attributes: "Path=/; Secure" },
      b: { value: "", multiValue: [{ value: "2" }, { value: "3" }] },
    },
    body: { encoding: "base64", data: "aGk=" },
  });
  expect(response).toEqual({
    status: 302,
    headers: [
      ["location", "/a"],
      ["set-cookie", "a=1; Path=/; Secure"],
      ["set-cookie", "b=2"],
      ["set-cookie", "b=3"],
    ],
    body: Buffer.from("hi"),
  });
});

describe("the event of a Lambda@Edge function", () => {
  test("keeps every header line and the body as base64", () => {
    const event = lambdaEvent(
      request({
        method: "POST",
        path: "/_gate/refresh",
        query: "a=%2F",
        headers: [
          ["Cookie", "a=1"],
          ["cookie", "b=2"],
        ],
        body: Buffer.from("x=1"),
      }),
    );
    expect(event).toMatchObject({
      Records: [
        {
          cf: {
            config: { eventType: "viewer-request", requestId: "id-1" },
            request: {
              method: "POST",
              uri: "/_gate/refresh",
              querystring: "a=%2F",
              clientIp: "192.0.2.1",
              headers: {
                cookie: [
                  { key: "Cookie", value: "a=1" },
                  { key: "cookie", value: "b=2" },
                ],
              },
              body: { data: "eD0x", encoding: "base64", action: "read-only", inputTruncated: false },
            },
          },
        },
      ],
    });
  });

  test("cuts a body at 40 KB and says so", () => {
    const event = lambdaEvent(request({ method: "POST", body: Buffer.alloc(40_961, "a") })) as {
      Records: { cf: { request: { body: { data: string; inputTruncated: boolean } } } }[];
    };
    const { data, inputTruncated } = event.Records[0]!.cf.request.body;
    expect([Buffer.from(data, "base64").length, inputTruncated]).toEqual([40_960, true]);
  });
});

test("a handler's response keeps several cookies apart", () => {
  const response = responseFromLambda({
    status: "302",
    headers: { "set-cookie": [{ key: "Set-Cookie", value: "a=1" }, { value: "b=2" }] },
    body: "aGk=",
    bodyEncoding: "base64",
  });
  expect(response).toEqual({
    status: 302,
    headers: [
      ["set-cookie", "a=1"],
      ["set-cookie", "b=2"],
    ],
    body: Buffer.from("hi"),
  });
});
