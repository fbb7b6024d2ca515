/** Mistakes in transmitters of security events. */
import { SLUG, UNKNOWN, transmitter, type Mistake } from "../small-config";

export const EVENT_TRANSMITTER_MISTAKES: Mistake[] = [
  [
    { eventTransmitters: [] },
    "eventTransmitters",
    'write { corp: { issuer: "https://…", audience: "…", jwksUri: "https://…" } }; it is []',
  ],
  [
    { eventTransmitters: { Corp: transmitter({}).eventTransmitters.corp } },
    "eventTransmitters.Corp",
    `${SLUG}; it is "Corp"`,
  ],
  [
    transmitter({ issuer: "signals" }),
    "eventTransmitters.corp.issuer",
    'write the issuer as the transmitter\'s tokens spell it, such as "https://signals.example.com"; it is "signals"',
  ],
  [
    transmitter({ audience: "" }),
    "eventTransmitters.corp.audience",
    'write the audience that the transmitter\'s tokens name, such as "https://app.example.com"; it is ""',
  ],
  [
    transmitter({ jwksUri: "http://signals.example.com/keys" }),
    "eventTransmitters.corp.jwksUri",
    'write the https URL of the transmitter\'s keys, "jwks_uri" of its configuration; it is "http://signals.example.com/keys"',
  ],
  [
    transmitter({ identityProvider: "other" }),
    "eventTransmitters.corp.identityProvider",
    '"other" is not among identityProviders; write main',
  ],
  [transmitter({ secret: "hunter2" }), "eventTransmitters.corp.secret", UNKNOWN],
  [transmitter({ on: "revoke" }), "eventTransmitters.corp.on", 'write an object; it is "revoke"'],
  [
    transmitter({ on: { "token-claims-change": "renew" } }),
    "eventTransmitters.corp.on.token-claims-change",
    'write "ignore" or "revoke"; it is "renew"',
  ],
  [transmitter({ on: { "session-revoked": "ignore" } }), "eventTransmitters.corp.on.session-revoked", UNKNOWN],
];
