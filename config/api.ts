/** Behaviors for programs: access tokens in the Authorization header, and scripts of other sites (CORS). */
import { z } from "zod";
import { METHODS } from "../policy/rule";
import { duration, text } from "./fields";

/** https://developer.mozilla.org/docs/Web/HTTP/Headers/Origin: scheme, host and port as browsers write them. */
const webOrigin = text(
  /^https:\/\/(?:[a-z0-9-]+\.)*[a-z0-9-]+(?::(?!443$)[0-9]{1,5})?$|^http:\/\/(?:[a-z0-9-]+\.)*localhost(?::(?!80$)[0-9]{1,5})?$/,
  'an origin as browsers send it, without a slash at its end, such as "https://app.example.com"',
);
const headerName = text(/^[A-Za-z0-9!#$%&'*+.^_`|~-]{1,64}$/, 'the name of a header, such as "content-type"').transform(
  (name) => name.toLowerCase(),
);

const cors = z.strictObject({
  /** The sites whose scripts may call this API, or `"*"` for all. */
  origins: z.union([z.literal("*").transform(() => ["*"]), z.array(webOrigin).min(1, "name an origin")], {
    error: 'write a list of origins, such as ["https://app.example.com"], or "*" for all',
  }),
  methods: z
    .array(z.enum(METHODS, `write methods from ${METHODS.join(", ")}`))
    .min(1, "name a method or leave methods out")
    .default(["GET", "HEAD", "POST"]),
  /** Headers that scripts may send. */
  headers: z.array(headerName).default(["authorization", "content-type"]),
  /** Headers of responses that scripts may read. */
  exposeHeaders: z.array(headerName).default([]),
  /** For how long browsers may keep the answer to a preflight; Chromium keeps it for at most two hours. */
  maxAge: duration(1, 86_400, 'write a duration of at most "1d", such as "1h"').default(3600),
  /** `true` lets scripts send the session cookie. Never with `"*"`. */
  credentials: z.boolean("write true or false").default(false),
});

/** The description for clients at a well-known path (RFC 9728). */
const resource = z.strictObject({
  /** https://www.rfc-editor.org/rfc/rfc6749#section-3.3 */
  scopes: z.array(text(/^[!#-[\]-~]{1,128}$/, 'a scope, such as "orders:read"')).default([]),
  /** By default, the issuers in `accessTokens` that give tokens to people and programs. */
  authorizationServers: z
    .array(z.url({ protocol: /^https$/, error: 'write the issuer\'s https URL, such as "https://login.example.com"' }))
    .min(1, "name an authorization server, or leave authorizationServers out")
    .optional(),
  /** A page for developers. */
  documentation: z.url({ protocol: /^https$/, error: "write the https URL of a page" }).optional(),
});

const options = z.strictObject({
  cors: cors.optional(),
  resource: resource.optional(),
  /** `true` passes the Authorization header on to the origin. */
  forwardToken: z.boolean("write true or false").default(false),
});

const error = 'write true, or { cors: { origins: ["https://app.example.com"] } }';

export const api = z
  .union([z.literal(true, error).transform(() => ({ forwardToken: false }) as z.output<typeof options>), options])
  .optional();

export type Api = z.output<typeof options>;
