import { stableId, uuid5 } from "../../../stacks/identity/entra/stable-id";

test("names make UUIDs as RFC 9562 says (appendix A.4)", () => {
  expect(uuid5("6ba7b810-9dad-11d1-80b4-00c04fd430c8", "www.example.com")).toBe("2ed6657d-e927-568b-95e1-2665a8aea6a2");
});

/** Computed by Python's `uuid.uuid5`. A change of one of these takes all people their roles: Entra assigns IDs. */
test.each([
  ["wiki", "role", "admin", "c5e20947-8526-5370-9337-c92f0998e987"],
  ["wiki", "role", "ops@example.com", "3c39f9fe-5e91-531b-8dd0-d2f6c49c469b"],
  ["handbook", "role", "admin", "c4c2bd03-3c37-5049-99e2-d09304d04a76"],
  ["wiki", "role", "access", "fa2b1ce7-132c-5bcb-a4d3-26f41309b034"],
  ["wiki", "scope", "access", "3ac2a545-f747-5b70-910f-d0b452214c03"],
] as const)("of %s, the %s %s has its ID for all time", (gateway, kind, name, uuid) => {
  expect(stableId(gateway, kind, name)).toBe(uuid);
});
