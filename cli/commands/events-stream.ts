/** `edgegate events status` and `edgegate events remove`: the stream of security events at a transmitter. */
import { confirm } from "../confirm";
import type { Context } from "../context";
import { CommandFailure } from "../failures";
import { facts, type Outcome } from "../output";
import { printable } from "../printable";
import { readAccessToken } from "../secret-input";
import { readMetadata } from "../shared-signals/metadata";
import { streamFacts, undelivered } from "../shared-signals/stream-facts";
import { deleteStream, findStream, statusOf, type Access, type Stream } from "../shared-signals/streams";
import { transmitterOf } from "../shared-signals/transmitter";
import type { TokenOptions } from "./register-events";

/** @param id the transmitter's ID in the config */
export async function eventsStatus(context: Context<TokenOptions>, id: string): Promise<Outcome> {
  const { access, stream } = await streamAt(context, id);
  const { transmitter } = access;
  const status = await statusOf(access, stream);
  return {
    json: {
      transmitter: id,
      stream: stream.id,
      status,
      endpoint: transmitter.endpoint,
      audience: stream.audience,
      delivers: stream.delivers,
      undelivered: undelivered(transmitter, stream),
    },
    text:
      `${id} has a stream to this gateway\n` +
      facts([["status", printable(status ?? "the transmitter does not tell")], ...streamFacts(transmitter, stream)]),
  };
}

/** @param id the transmitter's ID in the config */
export async function removeEvents(context: Context<TokenOptions>, id: string): Promise<Outcome> {
  const { endpoint } = transmitterOf(context.gateway.config, id);
  await confirm(`${id} will no longer push security events to ${endpoint}.\n`, context.options);
  const { access, stream } = await streamAt(context, id);
  await deleteStream(access, stream);
  return {
    json: { transmitter: id, stream: stream.id, endpoint },
    text:
      `${id} no longer pushes security events to this gateway\n` +
      facts([
        ["stream", `${printable(stream.id)} is deleted`],
        ["config", `the gateway accepts its events until you remove eventTransmitters.${id} and deploy`],
      ]),
  };
}

async function streamAt(
  { gateway, options }: Context<TokenOptions>,
  id: string,
): Promise<{ access: Access; stream: Stream }> {
  const transmitter = transmitterOf(gateway.config, id);
  const metadata = await readMetadata(transmitter);
  const accessToken = await readAccessToken(options.tokenFile, `Access token for ${transmitter.issuer}: `);
  const access = { transmitter, metadata, accessToken };
  const stream = await findStream(access);
  if (stream) return { access, stream };
  throw new CommandFailure(
    "notFound",
    `${id} has no stream of this client that pushes to ${transmitter.endpoint}`,
    `edgegate events register ${id} creates it`,
  );
}
