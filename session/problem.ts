/** The gateway's answer to programs when a request fails: application/problem+json (RFC 9457). */
export interface Problem {
  status: number;
  title: string;
  detail?: string | undefined;
  /** The path of the login endpoint, if signing in would help. */
  login?: string | undefined;
  /** CloudFront's request ID; also in the logs. */
  requestId: string;
}
