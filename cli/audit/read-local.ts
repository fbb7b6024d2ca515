/** Reads the audit events that the local edge has written since it was started. */
import { readFileSync } from "node:fs";
import { parseEvent } from "../../audit/event";
import { CommandFailure } from "../failures";
import type { EventsRead, Window } from "./read-logs";
import type { Subject } from "./subject";

/** @throws CommandFailure if the file cannot be read */
export function readLocal(file: string, subject: Subject, { since, until }: Window): EventsRead {
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch (error) {
    throw new CommandFailure(
      "failed",
      `the events of the local edge cannot be read: ${(error as Error).message}`,
      "start it again with edgegate dev",
    );
  }
  const events = text.split("\n").flatMap((line) => parseEvent(line) ?? []);
  const isWithin = (time: string) => Date.parse(time) >= since * 1000 && Date.parse(time) < (until + 1) * 1000;
  return { events: events.filter((event) => isWithin(event.time) && subject.has(event)), unread: [], isCut: false };
}
