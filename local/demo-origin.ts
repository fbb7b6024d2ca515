/**
 * The site behind the local gateway. It replaces every origin of the stack, answers every path, and shows the request
 * as the origin gets it.
 */
import type { Config } from "../config/schema";
import type { EdgeRequest, EdgeResponse } from "./cloudfront-events";
import { demoPage, rolesIn, type DemoSite } from "./demo-page";
import { placesOf } from "./places";
import { demoApi, PROGRAM } from "./program";

/**
 * The demo site of a config, with a link to one page for every part of its policy.
 *
 * @param config with the addresses of this machine
 * @param options `hasProgram`: the local identity provider gives tokens to the program
 */
export function demoSite(config: Config, { hasProgram }: { hasProgram: boolean }): DemoSite {
  const { productName, accentColor } = config.theme;
  const links = placesOf(config)
    .filter((place) => !place.api)
    .map(({ path }) => ({ href: path, label: labelOf(path) }));
  const api = hasProgram ? demoApi(config) : undefined;
  return {
    productName: productName ?? config.domain,
    accentColor,
    basePath: config.basePath,
    links,
    ...(api && { program: { ...api, ...PROGRAM } }),
  };
}

/** @param origin the behavior's origin: `s3` or a domain name */
export function answerFromOrigin(site: DemoSite, request: EdgeRequest, origin: string): EdgeResponse {
  if (request.path === "/favicon.ico") return answer(404, "text/plain", "Not found\n");
  if (/^\/api(\/|$)/.test(request.path)) return answer(200, "application/json", JSON.stringify(apiAnswer(request)));
  return answer(200, "text/html; charset=utf-8", demoPage(site, request, origin === "s3" ? "the S3 bucket" : origin));
}

function apiAnswer(request: EdgeRequest): object {
  const received = Object.fromEntries(request.headers);
  return {
    path: request.path,
    user: received["x-gate-email"] ?? received["x-gate-user"] ?? null,
    roles: rolesIn(received["x-gate-roles"]),
    received,
  };
}

function answer(status: number, type: string, body: string): EdgeResponse {
  return { status, headers: [["content-type", type]], body: Buffer.from(body) };
}

function labelOf(path: string): string {
  if (path === "/") return "Home";
  const words = path.slice(1).replace(/[/_-]+/g, " ");
  return words.charAt(0).toUpperCase() + words.slice(1);
}
