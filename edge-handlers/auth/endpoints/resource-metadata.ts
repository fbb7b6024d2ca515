/** `/.well-known/oauth-protected-resource[/<path>]`: the issuers whose access tokens a resource accepts (RFC 9728). */
import { METADATA_PATH, resourceUrl } from "../../../session/resource-metadata";
import { empty, publicJson } from "../../shared/responses";
import { Failure } from "../failures";
import type { RequestContext } from "../request-context";

/** Seconds. */
const MAX_AGE = 300;

/**
 * The document is public. Clients in browsers send a header of their protocol with the request, so browsers send a
 * preflight.
 */
const CORS = {
  "access-control-allow-origin": "*",
  "access-control-allow-methods": "GET, HEAD",
  "access-control-allow-headers": "*",
  "access-control-max-age": "3600",
};

export const RESOURCE_METADATA = { methods: ["GET", "HEAD", "OPTIONS"], answer: resourceMetadata };

export function isResourceMetadata(path: string): boolean {
  return path === METADATA_PATH || path.startsWith(`${METADATA_PATH}/`);
}

/** @throws Failure `not_found` for a path that is no resource */
function resourceMetadata({ url, request, settings, note }: RequestContext): Response {
  const path = url.pathname.slice(METADATA_PATH.length);
  const resource = settings.resources?.find((each) => each.path === path);
  if (!resource) throw new Failure("not_found");
  note.outcome = "told";
  const { authorizationServers, scopes, documentation } = resource;
  const response =
    request.method === "OPTIONS"
      ? empty(204)
      : publicJson(
          {
            resource: resourceUrl(url.host, path),
            authorization_servers: authorizationServers,
            ...(scopes && { scopes_supported: scopes }),
            bearer_methods_supported: ["header"],
            resource_name: settings.theme.productName,
            ...(documentation !== undefined && { resource_documentation: documentation }),
          },
          "application/json",
          MAX_AGE,
        );
  for (const [name, value] of Object.entries(CORS)) response.headers.set(name, value);
  return response;
}
