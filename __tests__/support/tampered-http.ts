/** Asks real servers, and changes what some of them answer before a doctor sees it. */
import { Http, NoAnswer, type Answer, type Request } from "../../doctor/http";

/** Changes an answer, gives one for a server that does not exist (`undefined`), or says why there is none. */
export type Tampering = (answer: Answer | undefined, request: Request) => Partial<Answer> | NoAnswer;

export class TamperedHttp extends Http {
  /** By a part of the URL, `/` for the root only. The first that fits is used. */
  tamperings: [part: string, tampering: Tampering][] = [];

  override async send(target: string | URL, request: Request = {}): Promise<Answer> {
    const { href, pathname, hostname } = new URL(target);
    const tampering = this.tamperings.find(([part]) => (part === "/" ? pathname === "/" : href.includes(part)))?.[1];
    if (!tampering) return super.send(target, request);
    const answer = hostname.endsWith("localhost") ? await super.send(target, request) : undefined;
    const tampered = tampering(answer, request);
    if (tampered instanceof NoAnswer) throw tampered;
    return { status: 200, headers: {}, setCookies: [], body: "", ...answer, ...tampered };
  }
}

/** Changes members of a JSON document. */
export const withMembers =
  (members: Record<string, unknown>): Tampering =>
  (answer) => ({ body: JSON.stringify({ ...(JSON.parse(answer!.body) as object), ...members }) });
