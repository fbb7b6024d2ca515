/**
 * The site behind the local gateway. Answers every path and shows what an origin learns: the request as it comes out of
 * the gate. Stands for every origin of the stack.
 */
import type { Config } from "../config/schema";
import type { EdgeRequest, EdgeResponse } from "./cloudfront-events";
import { demoPage, type DemoSite } from "./demo-page";
import { placesOf } from "./places";

/** Links to one page of every part of the policy. */
export function demoSite(config: Config): DemoSite {
  const { productName, accentColor } = config.theme;
  const links = placesOf(config)
    .filter((place) => !place.api)
    .map(({ path }) => ({ href: path, label: labelOf(path) }));
  return { productName: productName ?? config.domain, accentColor, basePath: config.basePath, links };
}

/** @param origin what the behavior points to: `s3` or a domain name */
export function answerFromOrigin(site: DemoSite, request: EdgeRequest, origin: string): EdgeResponse {
  if (request.path === "/favicon.ico") return answer(404, "text/plain", "Not found\n");
  if (/^\/api(\/|$)/.test(request.path)) return answer(200, "application/json", JSON.stringify(apiAnswer(request)));
  return answer(200, "text/html; charset=utf-8", demoPage(site, request, origin === "s3" ? "the S3 bucket" : origin));
}

function apiAnswer(request: EdgeRequest): object {
  const told = Object.fromEntries(request.headers);
  return {
    path: request.path,
    user: told["x-gate-email"] ?? null,
    roles: (told["x-gate-roles"] ?? "").split(",").filter(Boolean),
    headers: request.headers.map(([name]) => name).join(" "),
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
