/** A transmitter of the config, and the events that the gateway needs from it. */
import type { Config } from "../../config/schema";
import { canEndSessions, EVENT_TYPES } from "../../session/security-events";
import { endpointUrls } from "../../stacks/endpoint-urls";
import { usageFailure } from "../failures";

export interface Transmitter {
  id: string;
  issuer: string;
  jwksUri: string;
  audience: string;
  /** The address to which it must push. */
  endpoint: string;
  /** URIs of the events that the gateway acts on. */
  events: string[];
}

/** @throws CommandFailure if the config has no such transmitter */
export function transmitterOf({ eventTransmitters, domain, basePath }: Config, id: string): Transmitter {
  const found = Object.hasOwn(eventTransmitters, id) ? eventTransmitters[id] : undefined;
  if (!found) {
    const ids = Object.keys(eventTransmitters);
    throw usageFailure(
      `the config has no event transmitter ${JSON.stringify(id)}`,
      ids.length > 0 ? `write one of ${ids.join(", ")}` : "add it to eventTransmitters and deploy first",
    );
  }
  const { issuer, jwksUri, audience, on } = found;
  return {
    id,
    issuer,
    jwksUri,
    audience,
    endpoint: endpointUrls({ hosts: [domain], basePath }, `/events/${id}`)[0]!,
    events: Object.entries(EVENT_TYPES).flatMap(([uri, type]) => (canEndSessions(type, on) ? uri : [])),
  };
}
