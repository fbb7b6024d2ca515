/** Mistakes in how long sessions live and how they are protected. */
import { UNKNOWN, type Mistake } from "../small-config";

export const SESSION_MISTAKES: Mistake[] = [
  [{ session: "8h" }, "session", 'write an object; it is "8h"'],
  [{ session: { absolute: 8 } }, "session.absolute", 'write a duration between "5m" and "30d", such as "15m"; it is 8'],
  [
    { session: { absolute: "8 h" } },
    "session.absolute",
    'write a duration between "5m" and "30d", such as "15m"; it is "8 h"',
  ],
  [
    { session: { absolute: "31d" } },
    "session.absolute",
    'write a duration between "5m" and "30d", such as "15m"; it is "31d"',
  ],
  [
    { session: { idle: "299s" } },
    "session.idle",
    'write a duration between "5m" and "30d", such as "15m"; it is "299s"',
  ],
  [
    { session: { token: "59s" } },
    "session.token",
    'write a duration between "60s" and "1h", such as "15m"; it is "59s"',
  ],
  [
    { session: { token: "61m" } },
    "session.token",
    'write a duration between "60s" and "1h", such as "15m"; it is "61m"',
  ],
  [{ session: { deviceBound: true } }, "session.deviceBound", 'write "off" or "if-supported"; it is true'],
  [{ session: { idle: "9h" } }, "session.idle", "write at most session.absolute (28800s)"],
  [{ session: { token: "50m", idle: "40m" } }, "session.token", "write at most session.idle (2400s)"],
  ...[64, 4096, 128, "64"].map((shardCount): Mistake => [
    { session: { shardCount } },
    "session.shardCount",
    "remove it: there are always 4,096 shards",
  ]),
  [{ shardCount: 64 }, "shardCount", UNKNOWN],
  [
    { session: { onReuse: "revoke" } },
    "session.onReuse",
    'write "record", "revoke-session" or "revoke-user"; it is "revoke"',
  ],
  [{ session: { keyRotationDays: "30d" } }, "session.keyRotationDays", 'write a number of days; it is "30d"'],
  [{ session: { keyRotationDays: 0.5 } }, "session.keyRotationDays", "write a whole number of days; it is 0.5"],
  [{ session: { keyRotationDays: 0 } }, "session.keyRotationDays", "write at least 1; it is 0"],
  [{ session: { keyRotationDays: 366 } }, "session.keyRotationDays", "write at most 365; it is 366"],
  [{ session: { lifetime: "8h" } }, "session.lifetime", UNKNOWN],
];
