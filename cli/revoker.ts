/** Invokes the revoker, as all operator commands except `rotate-…` and `secrets put` do. */
import { InvokeCommand, LambdaClient } from "@aws-sdk/client-lambda";
import type { Answers, RevokerAnswer } from "../control-plane/revoker/answer";
import type { RevokerRequest } from "../control-plane/revoker/command";
import { revokerFunctionName } from "../stacks/names";
import { withClient } from "./aws-failures";
import { CommandFailure } from "./failures";
import type { Gateway } from "./gateway";
import { printable } from "./printable";

/** Milliseconds: the longest run of a Lambda function, and the network. A rebuild reads all revocations in the ledger. */
const TIME_LIMIT = 920_000;
const LISTS = "edgegate sessions lists the current ones; with --user and --all, also those that have ended";
const MISTAKES = { invalid_request: "usage", not_found: "notFound" } as const;

/** @throws CommandFailure that says what to do */
export async function askRevoker<Request extends RevokerRequest>(
  gateway: Gateway,
  request: Request,
): Promise<Answers[Request["operation"]]> {
  const functionName = revokerFunctionName(gateway.config);
  const client = new LambdaClient({
    ...gateway.client,
    requestHandler: { connectionTimeout: 5_000, requestTimeout: TIME_LIMIT },
  });
  const call = { action: "lambda:InvokeFunction", resource: `function ${functionName}`, mayQuote: true };
  return withClient(gateway, client, call, async () => {
    const { FunctionError, Payload } = await client.send(
      new InvokeCommand({ FunctionName: functionName, Payload: JSON.stringify(request) }),
    );
    const answer: unknown = JSON.parse(Payload?.transformToString() ?? "null");
    if (FunctionError !== undefined) throw functionFailure(functionName, answer);
    return answerOf<Request["operation"]>(answer);
  });
}

function answerOf<Operation extends keyof Answers>(answer: unknown): Answers[Operation] {
  if (typeof answer !== "object" || answer === null)
    throw new CommandFailure(
      "failed",
      "the revoker gave no answer",
      "deploy the version of edgegate that you run here",
    );
  const checked = answer as RevokerAnswer<Operation>;
  if ("error" in checked)
    throw new CommandFailure(
      MISTAKES[checked.error.code] ?? "failed",
      printable(checked.error.message),
      checked.error.code === "not_found" ? LISTS : undefined,
    );
  return checked;
}

function functionFailure(functionName: string, answer: unknown): CommandFailure {
  const { errorMessage } = (answer ?? {}) as { errorMessage?: unknown };
  const said = typeof errorMessage === "string" && errorMessage !== "" ? `: ${printable(errorMessage)}` : "";
  return new CommandFailure(
    "failed",
    `the revoker failed${said}`,
    `look at the log group /aws/lambda/${functionName}, then run the command again; repeating it is safe`,
  );
}
