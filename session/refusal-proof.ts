/**
 * A proof of a refusal: that the gate refused a path to a session, and when. It is at the end of the address of the frame in
 * the gate's page, and covers all of that address:
 *
 *     /_gate/refused?why=role&id=…&to=…[&need=…]&kid=<key ID>&until=<Unix seconds>&mac=<MAC>
 *
 * The MAC is the HMAC-SHA256 of `refused <session ID> <host> <address without the MAC>` under the key that signed the
 * session. No token begins like this (token-layout.ts), so neither can be used as the other. Without imports, so that the
 * bundler inlines the constants.
 */

/** Seconds for which a user can ask for access with it. */
export const REFUSAL_LIFETIME = 3600;

export const REFUSAL_MAC = "&mac=";
