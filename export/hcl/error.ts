/** A part of a stack that cannot be written as plain HCL. */
export class HclError extends Error {
  override readonly name = "HclError";

  /** @param place path in the JSON, such as `resource.aws_sqs_queue.dead.policy` */
  constructor(
    readonly place: string,
    problem: string,
  ) {
    super(`${place}: ${problem}`);
  }
}
