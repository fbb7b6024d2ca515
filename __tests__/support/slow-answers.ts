/** A proxy between the handler and AWS: requests are carried out immediately, but their answers are delayed. */
import { request as send, type IncomingMessage, type ServerResponse } from "node:http";
import { setTimeout } from "node:timers/promises";
import { startPlainServer } from "../../local/plain-server";

export interface SlowAnswers {
  endpoint: string;
  /** Milliseconds that the answers of a target take longer, by target; an answer that takes for ever is `Infinity`. */
  delays: Map<string, number>;
  /** What every request waits for first, if it is set. */
  hold: (() => Promise<void>) | undefined;
  close(): Promise<void>;
}

export async function startSlowAnswers(behind: string): Promise<SlowAnswers> {
  const delays = new Map<string, number>();

  async function pass(request: IncomingMessage, response: ServerResponse): Promise<void> {
    await proxy.hold?.();
    const answer = await forwarded(request);
    const delay = delays.get(String(request.headers["x-amz-target"])) ?? 0;
    const body: Buffer[] = [];
    for await (const chunk of answer) body.push(chunk as Buffer);
    if (delay === Infinity) return;
    // Nobody may wait for it any more.
    await setTimeout(delay, undefined, { ref: false });
    response
      .writeHead(answer.statusCode ?? 500, { "content-type": answer.headers["content-type"] ?? "" })
      .end(Buffer.concat(body));
  }

  function forwarded(request: IncomingMessage): Promise<IncomingMessage> {
    return new Promise((resolve, reject) => {
      request.pipe(
        send(
          new URL(request.url ?? "/", behind),
          { method: request.method ?? "POST", headers: request.headers },
          resolve,
        ).on("error", reject),
      );
    });
  }

  const { port, close } = await startPlainServer(pass);
  const proxy: SlowAnswers = { hold: undefined, endpoint: `http://127.0.0.1:${port}`, delays, close };
  return proxy;
}
