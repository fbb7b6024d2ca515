/**
 * Options of every client. The SDK repeats calls that were throttled, failed on AWS's side or got no answer. All calls
 * here may be repeated.
 *
 * https://docs.aws.amazon.com/sdkref/latest/guide/feature-retry-behavior.html
 */
export const CLIENT_OPTIONS = {
  maxAttempts: 6,
  /** Milliseconds. */
  requestHandler: { connectionTimeout: 3_000, requestTimeout: 10_000, throwOnRequestTimeout: true },
};
