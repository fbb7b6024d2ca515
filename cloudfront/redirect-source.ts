/** The CloudFront Function of redirect hosts. A review of a plan recognizes it by its text. */

/**
 * 308 keeps the method. Browsers may cache it for a day only, so that it can be undone.
 *
 * https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/functions-javascript-runtime-20.html
 */
export function redirectSource(domain: string): string {
  return `function handler(event) {
  const request = event.request;
  const query = request.rawQueryString();
  return {
    statusCode: 308,
    statusDescription: "Permanent Redirect",
    headers: {
      location: { value: ${JSON.stringify(`https://${domain}`)} + request.uri + (query ? "?" + query : "") },
      "cache-control": { value: "max-age=86400" },
    },
  };
}
`;
}

/** True if a function does nothing but redirect to one host. */
export function isRedirectSource(code: string): boolean {
  const [, domain] = /"https:\/\/([a-z0-9.-]+)"/.exec(code) ?? [];
  return domain !== undefined && code === redirectSource(domain);
}
