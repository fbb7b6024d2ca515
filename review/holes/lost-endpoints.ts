/** The gateway's own endpoints: without them nobody signs in, and a broader path before them takes their requests. */
import { associationsOn, type Behavior } from "../../cloudfront/decisions/behavior";
import { patternsMeet } from "../../cloudfront/path-pattern";
import { say } from "../sentence";
import type { HoleRule, Subject } from "./hole";

const DEFAULT_BASE_PATH = "/_gate";

export const lostEndpoints: HoleRule = {
  id: "lost-endpoints",
  remedy: "let the first ordered_cache_behavior be the gateway's own path, with the auth handler on viewer-request",
  holes: (subject) =>
    subject.gated.flatMap(({ address, module, behaviors }) => {
      const path = `${basePathOf(subject, module)}/*`;
      const place = behaviors.findIndex((behavior) => behavior.path === path);
      if (place < 0) return [{ address, message: say`no behavior is for ${path}, the gateway's own endpoints` }];
      if (!isHandled(behaviors[place]!))
        return [{ address, message: say`behavior ${path}: the auth handler does not answer its requests` }];
      const before = behaviors.slice(0, place).find((behavior) => patternsMeet(behavior.path, path));
      return before === undefined
        ? []
        : [{ address, message: say`behavior ${before.path} comes before ${path} and takes its requests` }];
    }),
};

function isHandled(behavior: Behavior): boolean {
  return associationsOn("viewer-request", behavior).some(({ runs }) => runs === "handler");
}

/** The base path of the gateway in the same module, or else of the only gateway. */
function basePathOf({ gateways }: Subject, module: string): string {
  const near =
    gateways.find((gateway) => gateway.module === module) ?? (gateways.length === 1 ? gateways[0] : undefined);
  const path = near?.after?.settings?.["basePath"];
  return typeof path === "string" ? path : DEFAULT_BASE_PATH;
}
