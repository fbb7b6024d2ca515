import {
  accessRequestKey,
  emailPointerKey,
  endedKeyOf,
  eventKeyOf,
  GATEWAY_PARTS,
  gatewayPartOf,
  idpSessionPointerKey,
  sessionKeyOf,
  sidPointerKey,
  statusIds,
  startedPointerKey,
} from "../../ledger/tables";

test("the items have the documented keys", () => {
  expect(
    [
      sessionKeyOf("u", "s"),
      sidPointerKey("s"),
      emailPointerKey("Alice@Example.com", "u"),
      startedPointerKey(7205, "s"),
      idpSessionPointerKey("h", "s"),
      endedKeyOf("h"),
      eventKeyOf("h"),
      accessRequestKey("h"),
    ].map(({ pk, sk }) => `${pk} ${sk}`),
  ).toEqual([
    "user#u session#s",
    "sid#s user",
    "email#alice@example.com user#u",
    "started#2 7205#s",
    "idp-session#h session#s",
    "idp-session#h ended",
    "event#h event",
    "access-request#h page",
  ]);
});

test("a sign-in asks for its user, its session, its part of the gateway and its shard", () => {
  expect(statusIds("alice0000000000_", "s")).toEqual({
    user: "user#alice0000000000_",
    session: "session#s",
    gateway: "gateway#_",
    shard: "shard#3391",
  });
  expect(new Set(GATEWAY_PARTS).size).toBe(64);
  expect(GATEWAY_PARTS).toContain(gatewayPartOf("alice00000000001"));
});
