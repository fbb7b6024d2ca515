/** Queues that take messages: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessage.html */
import { createHash } from "node:crypto";
import { failure, success, type Targets } from "./answer";

/** A message of a FIFO queue. */
export interface QueueMessage {
  id: string;
  queueUrl: string;
  groupId: string;
  body: string;
}

/** @param deliver gets every message, in the order sent */
export function queues(deliver: (message: QueueMessage) => void): Targets {
  let sent = 0;
  return {
    "AmazonSQS.SendMessage": ({ QueueUrl: queueUrl, MessageBody: body, MessageGroupId: groupId }) => {
      if (typeof queueUrl !== "string" || typeof body !== "string" || typeof groupId !== "string") return failure("MissingParameter");
      const id = `m${++sent}`;
      deliver({ id, queueUrl, groupId, body });
      return success({ MessageId: id, MD5OfMessageBody: createHash("md5").update(body).digest("hex"), SequenceNumber: String(sent) });
    },
  };
}
