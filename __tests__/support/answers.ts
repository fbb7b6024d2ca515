/** What every answer of its kind must be, whatever it says. */
import { REFRESH_COOKIE, SESSION_COOKIE } from "../../session/cookies";
import { parseSetCookie, type Cookie } from "./cookie-jar";
import type { EdgeResponse } from "./cloudfront-event";

/** Texts that only come from a hostile identity provider, a stack trace or an attribute that breaks out. */
const FOREIGN = /<script|<b>|<i>|alert\(|secret database|\bat .+:\d+:\d+|node:internal|undefined|\[object/;

const SECURITY_POLICY = [
  "default-src 'none'",
  "style-src 'unsafe-inline'",
  "img-src data:",
  "frame-ancestors 'none'",
  "form-action 'self'",
  "base-uri 'none'",
];

/** A page of the gateway: one heading, the request id that is in the log, nothing to load or run. */
export function expectPage(response: EdgeResponse, status: number): void {
  expect(response).toMatchObject({
    status,
    headers: {
      "content-type": ["text/html; charset=utf-8"],
      "content-security-policy": [SECURITY_POLICY.join(";")],
      "x-content-type-options": ["nosniff"],
      "referrer-policy": ["no-referrer"],
      "strict-transport-security": [expect.stringMatching(/^max-age=[0-9]{8}/)],
    },
  });
  expect(response.body.match(/<h1>[^<]+<\/h1>/g)).toHaveLength(1);
  // Chrome holds the redirect to an identity provider that follows a form to the form-action of the page.
  // The endpoint of the only form answers with a page.
  expect(response.body.replace('<form method=post action="/_gate/login">', "")).not.toContain("<form");
  expect(response.body).toContain(`Request ID ${response.requestId}`);
  expect(response.body).not.toMatch(FOREIGN);
}

/** Problem details (RFC 9457) with the same request id. */
export function expectProblem(response: EdgeResponse, status: number): void {
  expect(response).toMatchObject({ status, headers: { "content-type": ["application/problem+json"] } });
  expect(JSON.parse(response.body)).toEqual({
    status,
    title: expect.any(String) as unknown,
    detail: expect.any(String) as unknown,
    ...(status === 401 && { login: expect.stringMatching(/^\/.*\/login/) as unknown }),
    requestId: response.requestId,
  });
  expect(response.body).not.toMatch(FOREIGN);
}

export function setCookies(response: EdgeResponse): Cookie[] {
  return (response.headers["set-cookie"] ?? []).map(parseSetCookie);
}

/** The cookie that a response sets; undefined where it sets none of that name. */
export function setCookie(response: EdgeResponse, name: string): Cookie | undefined {
  return setCookies(response).find((cookie) => cookie.name === name);
}

/** The response gives no session: it sets no session cookie, except to clear it. */
export function expectNoSession(response: EdgeResponse): void {
  const active = setCookies(response).filter(
    ({ name, value }) => (name === SESSION_COOKIE || name === REFRESH_COOKIE) && value !== "",
  );
  expect(active).toEqual([]);
}
