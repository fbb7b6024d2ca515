/** What programs get from gate and auth handler when a request does not pass: application/problem+json (RFC 9457). */
export interface Problem {
  status: number;
  title: string;
  detail?: string;
  /** The path of the sign-in, where signing in would help. */
  login?: string | undefined;
  /** CloudFront's id of the request; also in the logs. */
  requestId: string;
}
