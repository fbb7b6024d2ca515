/**
 * Ages sessions by a quarter of an hour, without waiting and without another clock: the token has expired, and the
 * ledger's times are moved back. To the handler, that much time has passed since the last renewal. The provider, whose
 * clock cannot be set, agrees.
 */
import { DynamoDBClient, UpdateItemCommand } from "@aws-sdk/client-dynamodb";
import { marshall } from "@aws-sdk/util-dynamodb";
import { announcements } from "../../local/announcement";
import { expiredToken } from "../../local/expired-session";
import type { LocalEdge } from "../../local/local-edge";
import { sessionKeyOf } from "../../ledger/tables";
import { decodePayload, splitToken } from "../../session/token";

/** Seconds: a token's lifetime and a minute. */
const AGE = 16 * 60;

export interface Ageing {
  /** @returns the session's token as it would be by then: over */
  age(token: string): Promise<string>;
  close(): void;
}

export function startAgeing(edge: LocalEdge): Ageing {
  const { endpoint, credentials } = announcements().find(({ url }) => url === edge.url)!;
  const client = new DynamoDBClient({ endpoint, credentials, region: "us-east-1" });
  return {
    async age(token) {
      const { uid, sid } = decodePayload(splitToken(token)!.payload);
      await client.send(
        new UpdateItemCommand({
          TableName: edge.distribution.authSettings.aws.sessionsTable,
          Key: marshall(sessionKeyOf(uid, sid)),
          ConditionExpression: "attribute_exists(renewedAt)",
          UpdateExpression: "SET renewedAt = renewedAt - :age",
          ExpressionAttributeValues: marshall({ ":age": AGE }),
        }),
      );
      return expiredToken(edge.store, token);
    },
    close: () => client.destroy(),
  };
}
