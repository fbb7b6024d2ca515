/**
 * `edgegate events register`: makes a transmitter push security events to the gateway, and verifies that they arrive.
 * Repeating it is safe.
 */
import type { Context } from "../context";
import { CommandFailure } from "../failures";
import { facts, type Outcome } from "../output";
import { withProgress } from "../progress";
import { readAccessToken } from "../secret-input";
import { hasArrived, newState } from "../shared-signals/arrival";
import { streamFacts, undelivered } from "../shared-signals/stream-facts";
import { readMetadata } from "../shared-signals/metadata";
import { enableStream, putStream, requestVerification, type Access, type Stream } from "../shared-signals/streams";
import { transmitterOf, type Transmitter } from "../shared-signals/transmitter";

export interface TokenOptions {
  tokenFile?: string;
}

/** @param id the transmitter's ID in the config */
export async function registerEvents(context: Context<TokenOptions>, id: string): Promise<Outcome> {
  const { gateway, options } = context;
  const transmitter = transmitterOf(gateway.config, id);
  const metadata = await readMetadata(transmitter);
  const accessToken = await readAccessToken(options.tokenFile, `Access token for ${transmitter.issuer}: `);
  const access: Access = { transmitter, metadata, accessToken };
  const { stream, isNew } = await putStream(access);
  requireUsable(transmitter, stream);
  await enableStream(access, stream);
  const verification = await verify(context, access, stream);
  return {
    json: {
      transmitter: id,
      stream: stream.id,
      isNew,
      endpoint: transmitter.endpoint,
      delivers: stream.delivers,
      undelivered: undelivered(transmitter, stream),
      sendsAllSubjects: metadata.sendsAllSubjects,
      verification,
    },
    text:
      `${id} ${isNew ? "pushes" : "still pushes"} security events to this gateway\n` +
      facts([
        ...streamFacts(transmitter, stream),
        [
          "verified",
          verification === "arrived"
            ? "yes, an event that was asked for just now has arrived"
            : "no: the transmitter has no verification_endpoint",
        ],
      ]) +
      (metadata.sendsAllSubjects
        ? ""
        : "It sends events only about users who were added there. Set its default subjects to ALL, or add them.\n"),
  };
}

/** @throws CommandFailure if the gateway would refuse the stream's tokens, or act on none of them */
function requireUsable({ id, issuer, audience, endpoint }: Transmitter, stream: Stream): void {
  const again = "deploy, and run the command again; the stream is kept";
  if (stream.issuer !== issuer) {
    throw new CommandFailure(
      "failed",
      `the stream's tokens will name another issuer than eventTransmitters.${id}.issuer: ${JSON.stringify(stream.issuer)}`,
      "ask the transmitter's operator; the gateway refuses such tokens",
    );
  }
  if (!stream.audience.includes(audience)) {
    const [chosen] = stream.audience;
    throw new CommandFailure(
      "failed",
      `${id} chose another audience than eventTransmitters.${id}.audience, so the gateway would refuse its tokens`,
      chosen === undefined
        ? `ask the transmitter's operator which audience the tokens for ${endpoint} have`
        : `write audience: ${JSON.stringify(chosen)}, ${again}`,
    );
  }
  if (stream.delivers.length === 0) {
    throw new CommandFailure(
      "failed",
      `${id} delivers none of the events that the gateway acts upon`,
      "enable them for this client at the transmitter, then run the command again",
    );
  }
}

async function verify(
  { gateway, options }: Context<TokenOptions>,
  access: Access,
  stream: Stream,
): Promise<"arrived" | "not offered"> {
  const { id, endpoint } = access.transmitter;
  const { verificationEndpoint } = access.metadata;
  if (verificationEndpoint === undefined) return "not offered";
  const state = newState();
  const isThere = await withProgress("Waiting for the verification event", options, async () => {
    await requestVerification(access, verificationEndpoint, stream, state);
    return hasArrived(gateway, id, state);
  });
  if (isThere) return "arrived";
  throw new CommandFailure(
    "failed",
    `the stream ${JSON.stringify(stream.id)} exists, but its verification event did not arrive within a minute`,
    `look for lines with "endpoint":"events" in the auth handler's log: "refused" says what is wrong. ` +
      `Without a line, nothing reached ${endpoint}. Then run the command again`,
  );
}
