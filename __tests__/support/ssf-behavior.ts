/** What the issuers of a transmitter of security events do, and how they push. */
import { request } from "node:https";
import type { SigningKey } from "./idp/keys";

/** What an issuer does; by default what an honest one does. */
export interface Behavior {
  /** Replaces members of its configuration; undefined removes one. */
  metadata: Record<string, unknown>;
  /** Serves its configuration behind the issuer only, as Keycloak below a path does. */
  wellKnownAppended: boolean;
  supported: string[];
  audience: unknown;
  maxStreams: number;
  /** One object instead of a list, and 404 instead of an empty list. */
  oneStream: boolean;
  /** Tells of streams only after so many requests for a list, as if somebody else had just created them. */
  listsAfter: number;
  /** Replaces members of each stream in its answers; undefined removes one. */
  stream: Record<string, unknown>;
  status: string;
  /** Statuses with which it answers instead, by method and last part of the path. */
  statuses: Record<string, number>;
  /** What a verification event says instead; undefined to send none. */
  verification: ((event: { state: string }) => { state?: unknown; key?: SigningKey } | undefined) | undefined;
}

export const HONEST: Behavior = {
  metadata: {},
  wellKnownAppended: false,
  supported: [],
  audience: "",
  maxStreams: 10,
  oneStream: false,
  listsAfter: 0,
  stream: {},
  status: "enabled",
  statuses: {},
  verification: undefined,
};

/** @param ca the certificate (PEM) of the gateway @returns the status of its answer */
export function push(endpoint: string, token: string, ca: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const { hostname, host, port, pathname } = new URL(endpoint);
    // Not every resolver knows names below localhost.
    const address = { host: "127.0.0.1", port, servername: hostname, path: pathname, ca, agent: false };
    const headers = { host, "Content-Type": "application/secevent+jwt", Accept: "application/json" };
    const outgoing = request({ ...address, method: "POST", headers }, (incoming) => {
      incoming.resume().once("end", () => resolve(incoming.statusCode!));
    });
    outgoing.once("error", reject).end(token);
  });
}
