/**
 * Sends revocations that can never be carried out to the dead-letter queue
 * (https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessage.html).
 */
import { SendMessageCommand, SQSClient } from "@aws-sdk/client-sqs";
import { CLIENT_OPTIONS } from "../aws-client-options";
import type { RevokerPorts } from "../ports";

export function deadLetterQueue(url: string): RevokerPorts["sendToDeadLetterQueue"] {
  // The host in a queue's URL is the region's endpoint; AWS_ENDPOINT_URL must take precedence over it.
  const client = new SQSClient({ ...CLIENT_OPTIONS, useQueueUrlAsEndpoint: false });
  return async (body, reason) => {
    const MessageAttributes = { reason: { DataType: "String", StringValue: reason } };
    await client.send(new SendMessageCommand({ QueueUrl: url, MessageBody: body, MessageAttributes }));
  };
}
