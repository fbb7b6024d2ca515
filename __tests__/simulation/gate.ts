/**
 * The shipped gate at one edge location: its source between the modules of CloudFront's engine, with the clock and the
 * store of that edge.
 */
import { createHash, createHmac } from "node:crypto";
import { buildGate } from "../../build/gate";
import { policySource } from "../../policy/source";
import type { GateSettings } from "../../session/settings";
import { functionEvent, type CloudFrontFunctionEvent } from "../../local/cloudfront-events";

export const HOST = "app.example.com";

/** What the gate said: its line in the access log, and where it sends the browser. */
export interface Decision {
  log: string;
  status: number;
  location: string | undefined;
}

export interface Gate {
  decide(request: { path: string; headers: [string, string][]; address: string }): Promise<Decision>;
}

interface EdgeLocation {
  /** What its copy of the store holds. */
  records(): ReadonlyMap<string, string>;
  /** Unix milliseconds, by its clock. */
  now(): number;
  /** @returns whether a read of the store fails */
  failsToRead(): boolean;
}

type Handler = (
  event: CloudFrontFunctionEvent,
) => Promise<{ statusCode?: number; headers?: Record<string, { value: string }> }>;

const IMPORT = /(?<=^|[;}\n])\s*import\s+([\w$]+)\s+from\s*(["']\w+["'])\s*;?/g;

/** The gate's source as CloudFront gets it, for a site for which everybody must be signed in. */
export function gateSource(): string {
  const settings: GateSettings = {
    basePath: "/_gate",
    hosts: [HOST],
    productName: "Example",
  };
  return `${buildGate()}\nvar S=${JSON.stringify(settings)};\n${policySource([{ path: "/**", allow: "signed-in" }] as Parameters<typeof policySource>[0])}\nvar F;\n`;
}

export function createGate(source: string, { records, now, failsToRead }: EdgeLocation): Gate {
  const log: string[] = [];
  const read = <T>(answer: (held: ReadonlyMap<string, string>) => T): Promise<T> =>
    failsToRead() ? Promise.reject(new Error("the store cannot be read")) : Promise.resolve(answer(records()));
  const modules: Record<string, object> = {
    cloudfront: {
      kvs: () => ({
        get: (key: string) =>
          read((held) => held.get(key)).then((value) => value ?? Promise.reject(new Error("KeyNotFound"))),
        exists: (key: string) => read((held) => held.has(key)),
      }),
      logCustomData: (line: string) => void log.push(line),
    },
    crypto: { createHash, createHmac },
  };
  const clock = { now };
  const requires = [...source.matchAll(IMPORT)].map(([, name, module]) => `const ${name}=require(${module});`).join("");
  const make = new Function(
    "require",
    "Date",
    `"use strict";${requires}${source.replace(IMPORT, "")}\n;return handler;`,
  ) as (require: (name: string) => object, date: object) => Handler;
  const handler = make((name) => modules[name]!, clock);
  let requests = 0;
  return {
    async decide({ path, headers, address }) {
      log.length = 0;
      const event = functionEvent({
        id: `gate-${++requests}`,
        method: "GET",
        path,
        query: undefined,
        headers: [["Host", HOST], ...headers],
        body: Buffer.alloc(0),
        clientIp: address,
      });
      const result = await handler(event);
      return { log: log[0] ?? "", status: result.statusCode ?? 200, location: result.headers?.["location"]?.value };
    },
  };
}
