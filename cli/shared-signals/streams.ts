/**
 * Streams of events at a transmitter.
 * https://openid.net/specs/openid-sharedsignals-framework-1_0-final.html#name-event-stream-management
 */
import { CommandFailure } from "../failures";
import { printable } from "../printable";
import { call, isObject, textsOf, type Answer, type Call } from "./http";
import { PUSH, type Metadata } from "./metadata";
import type { Transmitter } from "./transmitter";

/** The access of a command to one client's streams at one transmitter. */
export interface Access {
  transmitter: Transmitter;
  metadata: Metadata;
  accessToken: string;
}

export interface Stream {
  id: string;
  issuer: unknown;
  audience: string[];
  /** Where it pushes to. */
  endpoint: unknown;
  /** URIs of the events that it delivers. */
  delivers: string[];
}

/** The stream that pushes to this gateway; undefined if there is none. */
export async function findStream(access: Access): Promise<Stream | undefined> {
  return (await streams(access)).find(({ endpoint }) => endpoint === access.transmitter.endpoint);
}

/** Creates the stream to this gateway, or makes an existing one deliver the events that the config acts on. */
export async function putStream(access: Access): Promise<{ stream: Stream; isNew: boolean }> {
  const found = await findStream(access);
  if (found) return { stream: await update(access, found), isNew: false };
  const answer = await ask(access, "create the stream", { method: "POST", body: requested(access) }, [200, 201, 409]);
  if (answer.status !== 409) return { stream: required(access, answer), isNew: true };
  // Another operator may have created it meanwhile. Otherwise the client's only stream goes elsewhere.
  const [other, ...more] = await streams(access);
  const ours = [other, ...more].find((stream) => stream?.endpoint === access.transmitter.endpoint);
  if (ours) return { stream: await update(access, ours), isNew: false };
  throw new CommandFailure(
    "failed",
    other
      ? `${access.transmitter.id} allows no second stream for this client, and its stream ${printable(other.id)} pushes to ${printable(String(other.endpoint))}`
      : `${access.transmitter.id} allows no further stream for this client`,
    "use an access token of a separate client, or delete that stream if it is not needed",
  );
}

export async function deleteStream(access: Access, { id }: Stream): Promise<void> {
  await ask(access, "delete the stream", { method: "DELETE", query: { stream_id: id } }, [204, 200, 404]);
}

/** `enabled`, `paused` or `disabled`; undefined if the transmitter does not say. */
export async function statusOf(access: Access, { id }: Stream): Promise<string | undefined> {
  const url = access.metadata.statusEndpoint;
  if (url === undefined) return undefined;
  const { json } = await ask(access, "read the stream's status", { url, query: { stream_id: id } }, [200]);
  return isObject(json) && typeof json["status"] === "string" ? json["status"] : undefined;
}

/** Resumes a stream that was paused or disabled, as transmitters do after failures. */
export async function enableStream(access: Access, stream: Stream): Promise<void> {
  const status = await statusOf(access, stream);
  if (status === undefined || status === "enabled") return;
  const body = { stream_id: stream.id, status: "enabled" };
  const call = { url: access.metadata.statusEndpoint!, method: "POST", body } as const;
  await ask(access, "enable the stream", call, [200, 202, 204]);
}

/** Asks for a verification event. @param url the verification endpoint */
export async function requestVerification(access: Access, url: string, { id }: Stream, state: string): Promise<void> {
  const body = { stream_id: id, state };
  await ask(access, "send a verification event", { url, method: "POST", body }, [204, 200, 202]);
}

async function update(access: Access, { id }: Stream): Promise<Stream> {
  const body = { stream_id: id, ...requested(access) };
  const answer = await ask(access, "update the stream", { method: "PATCH", body }, [200, 202]);
  if (answer.status === 200) return required(access, answer);
  const found = (await streams(access)).find((stream) => stream.id === id);
  return found ?? required(access, answer);
}

/** The desired stream. It has no other members, because Okta accepts no more from a receiver. */
function requested({ transmitter }: Access): object {
  return { delivery: { method: PUSH, endpoint_url: transmitter.endpoint }, events_requested: transmitter.events };
}

/** All streams of the client. Okta, with one stream for each client, answers with that stream or with 404. */
async function streams(access: Access): Promise<Stream[]> {
  const { status, json } = await ask(access, "list the streams", {}, [200, 404]);
  return status === 404 ? [] : [json].flat().flatMap((each) => readStream(each) ?? []);
}

function required({ transmitter }: Access, { json }: Answer): Stream {
  const stream = readStream(json);
  if (stream) return stream;
  throw new CommandFailure(
    "failed",
    `the answer of ${transmitter.id} is not a stream`,
    "ask the transmitter's operator whether it implements the Shared Signals Framework 1.0",
  );
}

function readStream(json: unknown): Stream | undefined {
  if (!isObject(json) || typeof json["stream_id"] !== "string") return undefined;
  const { stream_id: id, iss: issuer, aud, delivery, events_requested, events_supported, events_delivered } = json;
  const supported = textsOf(events_supported);
  return {
    id,
    issuer,
    audience: textsOf(aud),
    endpoint: isObject(delivery) ? delivery["endpoint_url"] : undefined,
    // Okta's answers may lack `events_delivered`, which is the intersection of supported and requested events.
    delivers: events_delivered
      ? textsOf(events_delivered)
      : textsOf(events_requested).filter((uri) => supported.includes(uri)),
  };
}

const EXPLANATIONS: Record<number, (transmitter: Transmitter) => string> = {
  400: ({ endpoint }) =>
    `the client there may have to allow the address first: ${endpoint} (Keycloak: "Valid push URLs")`,
  // Keycloak answers with this one if a scope is missing.
  401: ({ issuer }) =>
    `get a new access token: it may have expired, lack the scopes ssf.manage and ssf.read, or be for another service than ${issuer}`,
  403: () => "get an access token with the scopes ssf.manage and ssf.read, of a client that may receive events",
  429: () => "wait a minute, then run the command again; repeating it is safe",
};

/** @param accepted statuses; @throws CommandFailure for any other. The answer's text may repeat the token: not shown */
async function ask(
  { transmitter, metadata, accessToken }: Access,
  action: string,
  {
    url = metadata.configurationEndpoint,
    query = {},
    ...rest
  }: Call & { url?: string; query?: Record<string, string> },
  accepted: readonly number[],
): Promise<Answer> {
  const address = new URL(url);
  for (const [name, value] of Object.entries(query)) address.searchParams.set(name, value);
  const answer = await call(address.href, { ...rest, accessToken });
  if (accepted.includes(answer.status)) return answer;
  throw new CommandFailure(
    "failed",
    `${transmitter.id} did not ${action}: it answers with ${answer.status}`,
    EXPLANATIONS[answer.status]?.(transmitter) ?? "ask the transmitter's operator; its log may say why",
  );
}
