/** A sign-in hook that is a server. It verifies who asks, as docs/sign-in-hook.md says. */
import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { createLocalJWKSet, jwtVerify, type JSONWebKeySet } from "jose";
import type { AwsEmulator } from "../../local/aws-emulator";
import type { Certificate } from "./certificates";

export interface HookServer {
  url: string;
  /** Questions of callers who proved who they are, in order. */
  questions: unknown[];
  /** Status and body of the next answers; `hang` for none. */
  answer: [status: number, body: string, headers?: Record<string, string>] | "hang";
  close(): void;
}

/** @param now Unix seconds */
export async function startHookServer(
  certificate: Certificate,
  sts: AwsEmulator["sts"],
  now: () => number,
): Promise<HookServer> {
  const server = createServer({ key: certificate.key, cert: certificate.cert }, (request, response) => {
    void (async () => {
      const body = await text(request);
      const token = /^Bearer (.+)$/.exec(request.headers.authorization ?? "")?.[1] ?? "";
      const expected = { issuer: sts.issuer, subject: sts.subject, audience: origin };
      const isGateway = await jwtVerify(token, createLocalJWKSet(sts.jwks() as JSONWebKeySet), {
        ...expected,
        currentDate: new Date(now() * 1000),
      }).then(
        () => true,
        () => false,
      );
      if (!isGateway) return void response.writeHead(401).end("{}");
      hook.questions.push(JSON.parse(body));
      if (hook.answer === "hang") return;
      const [status, content, headers = {}] = hook.answer;
      response.writeHead(status, { "content-type": "application/json", ...headers }).end(content);
    })();
  });
  await new Promise<void>((resolve) => server.listen(0, resolve));
  const origin = `https://localhost:${(server.address() as AddressInfo).port}`;
  const hook: HookServer = {
    url: `${origin}/who?tenant=1`,
    questions: [],
    answer: [200, '{"allow":true}'],
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
  return hook;
}
