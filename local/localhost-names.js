/**
 * Preloaded into a process (`NODE_OPTIONS=--require`). Names below `localhost` are this machine (RFC 6761 section 6.3),
 * but not every resolver knows that. The SDK puts an account ID before the host of an endpoint.
 */
const dns = require("node:dns");

const { lookup } = dns;
dns.lookup = (host, ...rest) => lookup(/(^|\.)localhost$/.test(host) ? "127.0.0.1" : host, ...rest);
