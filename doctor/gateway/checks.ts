/** `edgegate doctor`: everything that can be checked about a deployed gateway from outside, without credentials. */
import type { Config } from "../../config/schema";
import { hostsOf } from "../../stacks/settings";
import { finder, type Finding } from "../finding";
import { NoAnswer, type Http } from "../http";
import { certificate, name, plainHttp, strictTransport, tls } from "./connection";
import { ambiguousPath, closedPath, forgedSession, pathWithoutRule, publicPath } from "./decisions";
import { clientKeys, me, pushed, signIn } from "./endpoints";
import { examineOrigins } from "./origins";
import type { Check } from "./subject";

/** In the order of a request's way through the gateway. */
const CONNECTION: readonly Check[] = [name, certificate];
const BEHIND_IT: readonly Check[] = [
  tls,
  plainHttp,
  strictTransport,
  closedPath,
  forgedSession,
  pathWithoutRule,
  ambiguousPath,
  publicPath,
  me,
  signIn,
  pushed,
  clientKeys,
];

export interface Examined {
  /** A host of the gateway, or `origins`. */
  place: string;
  findings: Finding[];
}

export async function examineGateway(config: Config, http: Http, isLocal: boolean): Promise<Examined[]> {
  const hosts = hostsOf(config).map(async (host): Promise<Examined> => {
    const subject = { config, host, http, isLocal };
    const findings: Finding[] = [];
    for (const check of CONNECTION) findings.push(...[await check(subject)].flat());
    if (findings.some(({ status }) => status === "problem")) return { place: host, findings };
    try {
      for (const check of BEHIND_IT) findings.push(...[await check(subject)].flat());
    } catch (error) {
      if (!(error instanceof NoAnswer)) throw error;
      findings.push(
        finder("answer").problem(error.message, "nothing further was checked; is the distribution deployed?"),
      );
    }
    return { place: host, findings };
  });
  const origins = await examineOrigins(config, http, isLocal);
  return [...(await Promise.all(hosts)), ...(origins.length > 0 ? [{ place: "origins", findings: origins }] : [])];
}
