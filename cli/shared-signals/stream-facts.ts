/** A stream, as people read it. */
import { EVENT_TYPES } from "../../session/security-events";
import { printable } from "../printable";
import type { Stream } from "./streams";
import type { Transmitter } from "./transmitter";

/** The events that the gateway acts on but does not get. */
export function undelivered({ events }: Transmitter, { delivers }: Stream): string[] {
  return events.filter((uri) => !delivers.includes(uri));
}

export function streamFacts(transmitter: Transmitter, stream: Stream): [name: string, text: string][] {
  const missing = undelivered(transmitter, stream);
  const delivered = transmitter.events.filter((uri) => !missing.includes(uri));
  return [
    ["stream", printable(stream.id)],
    ["endpoint", transmitter.endpoint],
    ["audience", printable(stream.audience.join(", "))],
    ...listed("delivers", delivered),
    ...listed("not offered", missing),
  ];
}

/** A line for each event, the first of them with a title. */
function listed(title: string, uris: readonly string[]): [name: string, text: string][] {
  return uris.map((uri, place) => [place === 0 ? title : "", EVENT_TYPES[uri]!.name]);
}
