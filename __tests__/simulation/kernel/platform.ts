/**
 * What a bundle finds around it in the place of Node's: time is the world's, by a clock of its own; chance is the
 * seed's; the network is virtual; there is no disk. Whatever is not named here is Node's own.
 */
import * as nodeCrypto from "node:crypto";
import { createRequire } from "node:module";
import { httpsModule } from "./http-module";
import type { Instance } from "./instance";
import type { Network, WireResponse } from "./network";
import type { Random } from "./random";
import { CryptoKeyClass, subtle } from "./subtle";
import type { Timer, World } from "./world";

export const PLATFORM_NAMES = [
  "require",
  "Date",
  "setTimeout",
  "clearTimeout",
  "setInterval",
  "clearInterval",
  "setImmediate",
  "clearImmediate",
  "fetch",
  "crypto",
  "CryptoKey",
  "process",
  "Math",
  "AbortSignal",
  "Blob",
  "performance",
  "console",
  "globalThis",
  "__filename",
  "__dirname",
] as const;
type Platform = Record<(typeof PLATFORM_NAMES)[number], unknown>;

/** What an evaluated bundle is part of just now. */
export interface Surroundings {
  world: World;
  network: Network;
  instance: Instance;
  /** Milliseconds. */
  skew: number;
  env: Record<string, string>;
  onLine: (line: string) => void;
  random: Random;
}

const nodeRequire = createRequire(__filename);
/** Modules that neither wait nor guess. */
const PLAIN_MODULES = [
  "assert",
  "async_hooks",
  "buffer",
  "events",
  "net",
  "os",
  "path",
  "querystring",
  "stream",
  "string_decoder",
  "url",
  "util",
  "zlib",
];

/** @param here asked at every use: an evaluated bundle goes from one history to the next */
export function platform(here: () => Surroundings): Platform {
  const now = () => Math.floor(here().world.now()) + here().skew;

  const setTimer = (
    run: (...parts: unknown[]) => void,
    milliseconds = 0,
    ...parts: unknown[]
  ): Timer & { unref(): void } => {
    const { world, instance } = here();
    const timer = world.after(Math.max(1, Number(milliseconds) || 1), () => run(...parts), instance);
    return Object.assign(timer, { unref: () => timer, ref: () => timer, hasRef: () => true });
  };
  const clearTimer = (timer: unknown) => {
    if (typeof timer === "object" && timer !== null) (timer as Timer).cancelled = true;
  };
  const wait = (milliseconds?: number, value?: unknown) =>
    new Promise((resolve) => setTimer(() => resolve(value), milliseconds));

  const randomness = {
    randomBytes: (count: number) => here().random.bytes(count),
    randomUUID: () => uuid(here().random.bytes(16)),
    getRandomValues: <T extends NodeJS.ArrayBufferView>(target: T): T => randomness.randomFillSync(target),
    randomFillSync<T extends NodeJS.ArrayBufferView>(target: T): T {
      Buffer.from(target.buffer, target.byteOffset, target.byteLength).set(here().random.bytes(target.byteLength));
      return target;
    },
    randomInt: (from: number, to?: number) =>
      to === undefined ? here().random.whole(0, from - 1) : here().random.whole(from, to - 1),
  };
  const crypto = { subtle, getRandomValues: randomness.getRandomValues, randomUUID: randomness.randomUUID };
  const cryptoModule = { ...nodeCrypto, ...randomness, webcrypto: crypto, subtle };

  const virtualProcess = Object.create(process, {
    env: { get: () => here().env },
    stdout: { value: { write: (text: string) => (here().onLine(text.trimEnd()), true) } },
    stderr: { value: { write: (text: string) => (here().onLine(text.trimEnd()), true) } },
    emitWarning: { value: () => undefined },
    hrtime: { value: Object.assign(() => [Math.floor(now() / 1000), 0], { bigint: () => BigInt(now()) * 1_000_000n }) },
  }) as NodeJS.Process;
  const https = httpsModule(here);
  const noDisk = new Proxy({}, { get: (_target, name) => (name === "promises" ? noDisk : noFile) });
  const modules: Record<string, unknown> = {
    https: https,
    http: https,
    fs: noDisk,
    "fs/promises": noDisk,
    crypto: cryptoModule,
    process: virtualProcess,
    child_process: {},
    "timers/promises": { setTimeout: wait, setImmediate: () => wait(0) },
    timers: { setTimeout: setTimer, clearTimeout: clearTimer },
  };
  const require = (name: string): unknown => {
    const short = name.replace(/^node:/, "");
    if (Object.hasOwn(modules, short)) return modules[short];
    if (PLAIN_MODULES.includes(short)) return nodeRequire(`node:${short}`);
    throw Object.assign(new Error(`Cannot find module '${name}'`), { code: "MODULE_NOT_FOUND" });
  };

  class VirtualDate extends Date {
    constructor(...parts: unknown[]) {
      if (parts.length === 0) super(now());
      else super(...(parts as [number]));
    }
    static override now(): number {
      return now();
    }
  }

  const VirtualAbortSignal = new Proxy(AbortSignal, {
    get(target, name) {
      if (name !== "timeout") return Reflect.get(target, name) as unknown;
      return (milliseconds: number) => {
        const controller = new AbortController();
        setTimer(
          () => controller.abort(new DOMException("The operation was aborted due to timeout", "TimeoutError")),
          milliseconds,
        );
        return controller.signal;
      };
    },
  });

  /** https://fetch.spec.whatwg.org/#fetch-method, of requests whose body is text. */
  async function fetch(input: Request | string | URL, init?: RequestInit): Promise<Response> {
    const request = input instanceof Request ? input : undefined;
    const url = new URL(request?.url ?? String(input));
    const signal = init?.signal ?? request?.signal;
    const given = init?.body ?? undefined;
    const body = given === undefined ? ((await request?.text()) ?? "") : String(given);
    const headers = Object.fromEntries(new Headers(init?.headers ?? request?.headers));
    if (given instanceof URLSearchParams) headers["content-type"] ??= "application/x-www-form-urlencoded;charset=UTF-8";
    const response = await new Promise<WireResponse>((resolve, reject) => {
      if (signal?.aborted) return reject(signal.reason as Error);
      const wire = {
        host: url.host,
        method: init?.method ?? request?.method ?? "GET",
        path: url.pathname + url.search,
        headers,
        body,
      };
      const fail = (error: Error) => reject(Object.assign(new TypeError("fetch failed"), { cause: error }));
      const { network, instance } = here();
      const giveUp = network.send(instance, wire, { onResponse: resolve, onError: fail });
      signal?.addEventListener("abort", () => {
        giveUp();
        reject(signal.reason as Error);
      });
    });
    return new Response(response.body === "" ? null : response.body, {
      status: response.status,
      headers: response.headers,
    });
  }

  const silent = () => undefined;
  const globals: Omit<Platform, "globalThis"> = {
    require,
    Date: VirtualDate,
    setTimeout: setTimer,
    clearTimeout: clearTimer,
    setInterval: () => notHere("setInterval"),
    clearInterval: clearTimer,
    setImmediate: (run: () => void) => setTimer(run, 0),
    clearImmediate: clearTimer,
    fetch,
    crypto,
    CryptoKey: CryptoKeyClass,
    process: virtualProcess,
    Math: Object.create(Math, { random: { value: () => here().random.fraction() } }) as Math,
    AbortSignal: VirtualAbortSignal,
    Blob: BytesAtOnce,
    performance: { now: () => now() },
    console: { log: silent, info: silent, warn: silent, error: silent, debug: silent, trace: silent },
    __filename: "/var/task/main.js",
    __dirname: "/var/task",
  };
  const all: Platform = { ...globals, globalThis: undefined };
  all.globalThis = Object.create(
    globalThis,
    Object.fromEntries(
      Object.entries(globals).map(([name, value]) => [name, { value, writable: true, configurable: true }]),
    ),
  ) as unknown;
  return all;
}

/** A Blob is read in turns of the event loop; its bytes are not. */
class BytesAtOnce {
  constructor(parts: Uint8Array[]) {
    return Buffer.concat(parts) as unknown as BytesAtOnce;
  }
}

function noFile(...parts: unknown[]): Promise<never> {
  const error = Object.assign(new Error("ENOENT: no such file or directory"), { code: "ENOENT" });
  const callback = parts.at(-1);
  if (typeof callback === "function") (callback as (error: Error) => void)(error);
  return Promise.reject(error);
}

function notHere(name: string): never {
  throw new Error(`${name} is not for a function`);
}

/** RFC 9562 section 5.4. */
function uuid(bytes: Buffer): string {
  bytes[6] = (bytes[6]! & 0x0f) | 0x40;
  bytes[8] = (bytes[8]! & 0x3f) | 0x80;
  return bytes.toString("hex").replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}
