/** Tokens of STS that vouch for the role of this function. */
import { callAwsQuery } from "../../shared/aws/call";
import { cached, type Cached, type Surroundings } from "../../shared/cached";
import { safeCode } from "../../shared/failure";
import { Failure } from "../failures";
import type { Ports, WebIdentityTokenRequest } from "../ports";

/** Seconds, the default of STS. Its permission allows no more. */
const DURATION = 300;
/** Seconds. Used until half a minute before it expires, and renewed another minute before that. */
const LIFETIMES = { fresh: DURATION - 90, stale: DURATION - 30, pause: 5 };
/** Limit for requesting a new token because a fresh one was refused: attempts, and seconds. */
const FOR_REFUSED_TOKEN = [3, 30] as const;
/** Three parts of base64url. */
const TOKEN = /<WebIdentityToken>([\w-]+\.[\w-]+\.[\w-]+)<\/WebIdentityToken>/;

interface Source extends Pick<Cached<string>, "get"> {
  renew(): Promise<string>;
}

export function webIdentityTokens(
  surroundings: Surroundings,
): Pick<Ports, "webIdentityToken" | "renewWebIdentityToken"> {
  const sources = new Map<string, Source>();

  function source(request: WebIdentityTokenRequest): Source {
    const name = `${request.algorithm} ${request.audience}`;
    let known = sources.get(name);
    if (!known) {
      const { get, refetching } = cached(() => getWebIdentityToken(request), LIFETIMES, surroundings);
      sources.set(name, (known = { get, renew: refetching(...FOR_REFUSED_TOKEN) }));
    }
    return known;
  }

  return {
    webIdentityToken: (request) => source(request).get(),
    renewWebIdentityToken: (request) => source(request).renew(),
  };
}

/** https://docs.aws.amazon.com/STS/latest/APIReference/API_GetWebIdentityToken.html */
async function getWebIdentityToken({ audience, algorithm }: WebIdentityTokenRequest): Promise<string> {
  try {
    const answer = await callAwsQuery("sts", "GetWebIdentityToken", {
      "Audience.member.1": audience,
      DurationSeconds: String(DURATION),
      SigningAlgorithm: algorithm,
    });
    const token = TOKEN.exec(answer)?.[1];
    if (token === undefined) throw new TypeError("no token");
    return token;
  } catch (error) {
    throw new Failure("client_assertion_unavailable", safeCode(error));
  }
}
