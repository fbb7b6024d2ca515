/** The FIFO queues of revocations, living and dead (https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessage.html). */
import { SendMessageCommand, SQSClient } from "@aws-sdk/client-sqs";
import { REVOCATION_GROUP } from "../../session/revocation";
import { CLIENT_OPTIONS } from "../aws-client-options";
import type { Queues } from "./ports";

export function awsQueues({ queueUrl, deadQueueUrl }: { queueUrl: string; deadQueueUrl: string }): Queues {
  // The host in a queue's URL is the region's endpoint; where AWS_ENDPOINT_URL names another one, that is meant.
  const client = new SQSClient({ ...CLIENT_OPTIONS, useQueueUrlAsEndpoint: false });
  // The id, not the content, tells repeated calls from repeated commands: "revoke this user now", said twice, is two cut-offs.
  const message = (body: string, id: string) => ({ MessageBody: body, MessageGroupId: REVOCATION_GROUP, MessageDeduplicationId: id });
  return {
    async send(body, id) {
      await client.send(new SendMessageCommand({ QueueUrl: queueUrl, ...message(body, id) }));
    },
    async bury(body, id, reason) {
      const MessageAttributes = { reason: { DataType: "String", StringValue: reason } };
      await client.send(new SendMessageCommand({ QueueUrl: deadQueueUrl, ...message(body, id), MessageAttributes }));
    },
  };
}
