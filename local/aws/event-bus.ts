/** https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutEvents.html */
import type { SecurityEvent } from "../../session/security-event";
import { success, type Targets } from "./answer";

/** @param deliver called with the detail of every event, in order */
export function eventBus(deliver: (event: SecurityEvent) => void): Targets {
  return {
    "AWSEvents.PutEvents": ({ Entries }) => {
      const entries = Entries as { Detail: string }[];
      for (const { Detail } of entries) deliver(JSON.parse(Detail) as SecurityEvent);
      return success({ FailedEntryCount: 0, Entries: entries.map((_, place) => ({ EventId: `e${place}` })) });
    },
  };
}
