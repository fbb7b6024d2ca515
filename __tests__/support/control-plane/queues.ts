/** What SQS hands over to the shipped control plane, and what is left on its dead-letter queue. */
import { CreateQueueCommand, DeleteMessageCommand, ReceiveMessageCommand, SQSClient } from "@aws-sdk/client-sqs";
import { CREDENTIALS } from "./credentials";

export interface DeadLetterQueue {
  url: string;
  /** Bodies and reasons of the messages; they are gone then. */
  receiveAll(): Promise<{ body: string; reason: string | undefined }[]>;
  close(): void;
}

export async function createDeadLetterQueue(moto: string, name: string): Promise<DeadLetterQueue> {
  const queues = new SQSClient({ endpoint: moto, ...CREDENTIALS });
  const { QueueUrl } = await queues.send(new CreateQueueCommand({ QueueName: name }));

  async function receiveAll() {
    const messages: { body: string; reason: string | undefined }[] = [];
    for (;;) {
      const { Messages = [] } = await queues.send(
        new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10, MessageAttributeNames: ["All"] }),
      );
      if (Messages.length === 0) return messages;
      for (const { Body, MessageAttributes, ReceiptHandle } of Messages) {
        messages.push({ body: Body!, reason: MessageAttributes?.["reason"]?.StringValue });
        await queues.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle }));
      }
    }
  }

  return { url: QueueUrl!, receiveAll, close: () => queues.destroy() };
}

/** https://docs.aws.amazon.com/lambda/latest/dg/with-sqs.html */
export function sqsRecord(messageId: string, body: string, sentAt: number) {
  return {
    messageId,
    receiptHandle: "AQEB",
    body,
    attributes: {
      ApproximateReceiveCount: "1",
      SentTimestamp: String(sentAt * 1000),
      SenderId: "AIDAIO23YVJENQZJOL4VO",
      ApproximateFirstReceiveTimestamp: String(sentAt * 1000),
    },
    messageAttributes: {},
    md5OfBody: "e4e68fb7bd0e697a0ae8f1bb342846b3",
    eventSource: "aws:sqs",
    eventSourceARN: "arn:aws:sqs:us-east-1:111122223333:example-revocations",
    awsRegion: "us-east-1",
  };
}
