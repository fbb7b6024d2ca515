import { readObject } from "../../shared/aws/object";
import type { Ports, SitePage } from "../ports";

/** Milliseconds. Both reads of a request fit into the five seconds of the function. */
const TIME_LIMIT = 1_500;
/** Bytes. A response for an origin event has at most 1 MB, and base64 makes it a third longer. */
const MAX_PAGE = 700_000;
/** Milliseconds for which an instance shows a page without reading it again. */
const KEPT = 30_000;

const pages = new Map<string, { page: SitePage | undefined; until: number }>();

/** @param domainName of the bucket */
export function bucketPorts(domainName: string, log: Ports["log"]): Ports {
  const limits = { timeLimit: TIME_LIMIT, sizeLimit: MAX_PAGE };
  return {
    log,
    has: async (path) => (await readObject("HEAD", domainName, path, limits)) !== undefined,
    async page(path) {
      const name = domainName + path;
      const known = pages.get(name);
      if (known && Date.now() < known.until) return known.page;
      const answer = await readObject("GET", domainName, path, limits);
      const { "content-type": type = "", "content-encoding": encoding } = answer?.headers ?? {};
      const page = answer && {
        body: answer.body,
        headers: {
          "content-type": type.startsWith("text/html") ? type : "text/html; charset=utf-8",
          ...(encoding !== undefined && { "content-encoding": encoding }),
        },
      };
      pages.set(name, { page, until: Date.now() + KEPT });
      return page;
    },
  };
}
