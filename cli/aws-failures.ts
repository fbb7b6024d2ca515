/** Explains an error of the AWS SDK to an operator. */
import { CommandFailure, type Exit } from "./failures";
import type { Gateway } from "./gateway";
import { printable } from "./printable";

/** The call that failed. */
export interface Call {
  /** The IAM action, such as `lambda:InvokeFunction`. */
  action: string;
  /** The target, such as `function handbook-revoker`. */
  resource: string;
  /** The name of the gateway. */
  gateway: string;
  isLocal: boolean;
  /**
   * True if AWS's message may be shown. It can repeat the request, so it must be false for a call that sends a secret.
   */
  mayQuote?: boolean;
}

/** @param said the error's own message */
type Explanation = (call: Call, said: string) => [exit: Exclude<Exit, "done">, message: string, hint: string];

/** The message is safe to show, because nothing was sent yet. It also says that a profile's sign-in has expired. */
const NO_CREDENTIALS: Explanation = (_, said) => {
  const { AWS_PROFILE: profile } = process.env;
  const look = profile ? `check the profile ${printable(profile)}, which AWS_PROFILE names` : "set AWS_PROFILE";
  return [
    "failed",
    `there are no AWS credentials: ${printable(said.replace(/\.$/, ""))}`,
    `${look}, or sign in with aws sso login`,
  ];
};
const EXPIRED: Explanation = () => [
  "failed",
  "the AWS credentials have expired",
  "sign in again, for example with aws sso login",
];
const UNKNOWN_CREDENTIALS: Explanation = () => [
  "failed",
  "AWS does not know these credentials",
  "check AWS_PROFILE, AWS_ACCESS_KEY_ID and this machine's clock",
];
const DENIED: Explanation = ({ action, resource }) => [
  "failed",
  `these credentials are not allowed to use the ${resource}`,
  `they need the permission ${action} on it, and access to its KMS key if the config names one`,
];
const MISSING: Explanation = ({ resource, gateway }) => [
  "notFound",
  `there is no ${resource} in this account in us-east-1`,
  `is ${gateway} deployed in this account? Check AWS_PROFILE and --config`,
];
const THROTTLED: Explanation = ({ resource }) => [
  "failed",
  `AWS is throttling calls to the ${resource}`,
  "run the command again in a minute; repeating it is safe",
];
const UNREACHABLE: Explanation = ({ isLocal, resource }) =>
  isLocal
    ? ["failed", "the local edge does not answer", "start it again with edgegate dev"]
    : [
        "failed",
        `the ${resource} cannot be reached`,
        "check the network and its proxy, then run the command again; repeating it is safe",
      ];

const EXPLANATIONS: Record<string, Explanation> = {
  CredentialsProviderError: NO_CREDENTIALS,
  ExpiredToken: EXPIRED,
  ExpiredTokenException: EXPIRED,
  TokenProviderError: EXPIRED,
  UnrecognizedClientException: UNKNOWN_CREDENTIALS,
  InvalidClientTokenId: UNKNOWN_CREDENTIALS,
  InvalidSignatureException: UNKNOWN_CREDENTIALS,
  IncompleteSignature: UNKNOWN_CREDENTIALS,
  MissingAuthenticationTokenException: UNKNOWN_CREDENTIALS,
  AccessDeniedException: DENIED,
  AccessDenied: DENIED,
  ResourceNotFoundException: MISSING,
  TooManyRequestsException: THROTTLED,
  ThrottlingException: THROTTLED,
  Throttling: THROTTLED,
  TimeoutError: UNREACHABLE,
  ECONNREFUSED: UNREACHABLE,
  ECONNRESET: UNREACHABLE,
  ENOTFOUND: UNREACHABLE,
  EAI_AGAIN: UNREACHABLE,
};

/** @returns a failure that says what to do. A CommandFailure is returned unchanged */
export function explain(error: unknown, call: Call): CommandFailure {
  if (error instanceof CommandFailure) return error;
  const { name = "", code = "", message = "" } = error as { name?: string; code?: string; message?: string };
  const explanation = EXPLANATIONS[code] ?? EXPLANATIONS[name];
  if (explanation) return new CommandFailure(...explanation(call, message));
  const said = call.mayQuote && message ? `: ${printable(message)}` : "";
  return new CommandFailure(
    "failed",
    `the ${call.resource} failed with ${name || "an unknown error"}${said}`,
    "run the command again; repeating it is safe",
  );
}

/**
 * Does something with a client of AWS, and closes it.
 *
 * @throws CommandFailure that says what to do
 */
export async function withClient<Client extends { destroy(): void }, Result>(
  { config, isLocal }: Gateway,
  client: Client,
  call: Omit<Call, "gateway" | "isLocal">,
  work: (client: Client) => Promise<Result>,
): Promise<Result> {
  try {
    return await work(client);
  } catch (error) {
    throw explain(error, { ...call, gateway: config.name, isLocal });
  } finally {
    client.destroy();
  }
}
