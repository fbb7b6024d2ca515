/** Resources that carry out revocations and rotate keys: queues, their consumers, schedules. */
import { say, words } from "../sentence";
import { aboutChanges, high, medium } from "../rule";

/** By type: the effect of its loss. */
const DOES: Readonly<Record<string, string>> = {
  aws_lambda_event_source_mapping: "Nothing reads the queue of revocations: revoked users keep access.",
  aws_sqs_queue: "A queue of revocations is gone, with the messages in it.",
  aws_sns_topic: "The topic for revocations is gone: programs that publish to it fail.",
  aws_sns_topic_subscription: "Revocations that are published no longer arrive.",
  aws_secretsmanager_secret_rotation: "Session keys are no longer rotated.",
  aws_cloudwatch_event_rule: "A schedule is gone, such as the daily sweep of the store.",
  aws_cloudwatch_event_target: "A schedule starts nothing any more.",
};

export const stopsRevocations = aboutChanges({
  id: "stops-revocations",
  exceptWithOwner: true,
  title: "Stops revocations or key rotation",
  help: "A gateway that cannot revoke lets a stolen session live until it ends by itself. Apply this only when the gateway is being taken down.",
  types: [...Object.keys(DOES), "aws_lambda_function"],
  examine: ({ type, action, before, after }) => {
    if (type !== "aws_lambda_function" && action === "delete") return [high([DOES[type]!])];
    if (before === undefined || after === undefined) return [];
    const isOff =
      (before["enabled"] === true && after["enabled"] === false) ||
      (before["state"] === "ENABLED" && after["state"] === "DISABLED");
    const isPaused = before["reserved_concurrent_executions"] !== 0 && after["reserved_concurrent_executions"] === 0;
    const [was, is] = [before, after].map((values) => rotation(values));
    return [
      isOff && high(say`Turned off. ${words(DOES[type] ?? "")}`),
      isPaused && high(say`${String(after["function_name"])} may not run at all any more.`),
      is! > was! && medium(say`The secret is rotated every ${is!} days instead of every ${was!}.`),
    ];
  },
});

/** Days; zero if it has none. */
function rotation(values: Readonly<Record<string, unknown>>): number {
  const [rules] = (values["rotation_rules"] ?? []) as {
    automatically_after_days?: number;
    schedule_expression?: string;
  }[];
  return (
    rules?.automatically_after_days ?? Number(/^rate\((\d+) days?\)$/.exec(rules?.schedule_expression ?? "")?.[1] ?? 0)
  );
}
