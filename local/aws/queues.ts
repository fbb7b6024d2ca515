/**
 * Standard queues that take messages:
 * https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessage.html
 */
import { createHash } from "node:crypto";
import { failure, success, type Targets } from "./answer";

export interface QueueMessage {
  id: string;
  queueUrl: string;
  body: string;
}

/** @param deliver called with every message, in the order in which they were sent */
export function queues(deliver: (message: QueueMessage) => void): Targets {
  let sent = 0;
  return {
    "AmazonSQS.SendMessage": ({ QueueUrl: queueUrl, MessageBody: body, MessageDeduplicationId: deduplicationId }) => {
      if (typeof queueUrl !== "string" || typeof body !== "string") return failure("MissingParameter");
      // Only FIFO queues have deduplication IDs.
      if (deduplicationId !== undefined) return failure("InvalidParameterValue");
      const id = `m${++sent}`;
      deliver({ id, queueUrl, body });
      return success({ MessageId: id, MD5OfMessageBody: createHash("md5").update(body).digest("hex") });
    },
  };
}
