/** A request as the table of decisions says it, and what a gate logs about it. */
import { functionEvent, type CloudFrontFunctionEvent } from "../../../local/cloudfront-events";
import type { runGate } from "../../../local/gate-sandbox";
import type { PolicyRule } from "../../../policy/rule";
import { SESSION_COOKIE } from "../../../session/cookies";
import type { Session } from "../../../session/token";
import { ALICE, storeWith, token } from "../../functions/gate/sessions";
import { decideByReference, type ReferenceDecision, type ReferenceRequest } from "../reference-policy";

export const NOW = new Date();
/** Unix time. */
export const SECONDS = Math.floor(NOW.getTime() / 1000);

/** A GET of `/` by nobody, where nothing else is said. */
export interface Asked extends Partial<ReferenceRequest> {
  session?: Session | undefined;
  /** Besides those that follow from the other members. */
  headers?: [name: string, value: string][];
}

/** With a session that lasts longer than any test. */
export function person(more: Partial<Session>): Session {
  return { ...ALICE, expiresAt: SECONDS + 86_400, ...more };
}

export function requestOf(asked: Asked): ReferenceRequest {
  const {
    host = "app.example.com",
    method = "GET",
    path = "/",
    preflight = false,
    address = "192.0.2.7",
    country,
  } = asked;
  return { host, method, path, preflight, address, country };
}

export function eventOf(asked: Asked): CloudFrontFunctionEvent {
  const { host, method, path, preflight, address, country } = requestOf(asked);
  return functionEvent({
    id: "id",
    method,
    path,
    query: undefined,
    headers: [
      ["Host", host],
      ...(preflight
        ? ([
            ["Origin", "https://o.example"],
            ["Access-Control-Request-Method", "PUT"],
          ] as const)
        : []),
      ...(country === undefined ? [] : [["CloudFront-Viewer-Country", country] as const]),
      ...(asked.session ? [["Cookie", `${SESSION_COOKIE}=${token(asked.session)}`] as const] : []),
      ...(asked.headers ?? []),
    ] as [string, string][],
    body: Buffer.alloc(0),
    clientIp: address,
  });
}

/** @returns the line in the access log, without the user's ID */
export async function decisionOf(engine: typeof runGate, source: string, asked: Asked): Promise<string> {
  const { log } = await engine(source, eventOf(asked), { records: storeWith() });
  return log.join().split(" ").slice(0, 2).join(" ");
}

export function referenceDecision(rules: readonly PolicyRule[], asked: Asked): ReferenceDecision {
  return decideByReference(rules, requestOf(asked), asked.session, NOW);
}
