/** Between a client and an emulator of AWS: sees every call, and makes single ones fail. */
import type { IncomingMessage } from "node:http";
import { startPlainServer } from "../../../local/plain-server";

/** `lost`: the call reaches the service, but its answer never arrives. */
export type AwsFault = "throttle" | "error" | "lost";

export interface AwsProxy {
  endpoint: string;
  /** Asked at every call, before it is passed on. */
  intercept: ((operation: string) => AwsFault | undefined | Promise<AwsFault | undefined>) | undefined;
  close(): Promise<void>;
}

const FAULTS = {
  throttle: { status: 400, type: "ThrottlingException" },
  error: { status: 500, type: "InternalServiceError" },
};

/**
 * @param target endpoint of services that speak JSON with `x-amz-target`
 * @param amend what a call says, where the target takes it for something else than AWS does
 */
export async function startAwsProxy(target: string, amend = (body: string) => body): Promise<AwsProxy> {
  const { port, close } = await startPlainServer(async (request, response) => {
    const body = amend(await read(request));
    const fault = await proxy.intercept?.(String(request.headers["x-amz-target"]).split(".")[1]!);
    if (fault === "throttle" || fault === "error") {
      response.writeHead(FAULTS[fault].status, { "content-type": "application/x-amz-json-1.1" });
      return void response.end(JSON.stringify({ __type: FAULTS[fault].type }));
    }
    const { authorization = "", "x-amz-target": operation, "content-type": type = "" } = request.headers;
    const headers = { authorization, "x-amz-target": String(operation), "content-type": type };
    const answer = await fetch(target, { method: "POST", headers, body });
    const text = await answer.text();
    if (fault === "lost") return void response.destroy();
    response.writeHead(answer.status, { "content-type": "application/x-amz-json-1.1" });
    response.end(text);
  });
  const proxy: AwsProxy = { endpoint: `http://127.0.0.1:${port}`, intercept: undefined, close };
  return proxy;
}

async function read(request: IncomingMessage): Promise<string> {
  let text = "";
  for await (const chunk of request) text += String(chunk);
  return text;
}
