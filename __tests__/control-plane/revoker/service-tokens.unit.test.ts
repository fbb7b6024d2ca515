/** What must hold when calls fail, and after the ledger has forgotten a revocation. */
import { createToken, listTokens } from "../../../control-plane/revoker/service-tokens";
import { serviceTokenRefusal } from "../../../ledger/records";
import { type Gateway, gatewayInMemory, ofSession, ofUser, randomId } from "../../support/control-plane/gateway";

async function withToken(gateway: Gateway): Promise<string> {
  const id = randomId();
  await gateway.run((ports) =>
    createToken(ports, {
      operation: "create-token",
      id,
      hash: "h".repeat(43),
      lifetime: 366 * 86_400,
      description: "backup",
      by: "operator:test",
      roles: [],
      scopes: [],
      claims: {},
    }),
  );
  return id;
}

const stateOf = async (gateway: Gateway, id: string) =>
  (await gateway.run(listTokens)).tokens.find((token) => token.id === id)?.state;

test.each([
  ["session", ofSession],
  ["user", ofUser],
] as const)("a token that was revoked as a %s is refused when its revocation has been forgotten", async (_, of) => {
  const gateway = gatewayInMemory();
  const id = await withToken(gateway);
  await gateway.revoke(of(id));
  gateway.items.clear();
  expect(await stateOf(gateway, id)).toBe("revoked");
  expect(serviceTokenRefusal({ token: gateway.serviceTokens.get(id), revocations: [] }, gateway.now())).toBe("revoked");
});

test("the token ends before its revocation is recorded: no crash leaves one that would live again", async () => {
  const gateway = gatewayInMemory();
  const id = await withToken(gateway);
  const failed = gateway.revoke(ofSession(id), {
    intercept: (call) => (call === "ledger.replaceRevocation" ? "error" : undefined),
  });
  await expect(failed).rejects.toThrow();
  expect(gateway.items.size).toBe(0);
  expect(await stateOf(gateway, id)).toBe("revoked");
});

test("nothing is recorded for a session that is neither in the ledger nor a service token", async () => {
  const gateway = gatewayInMemory();
  await expect(gateway.revoke(ofSession(randomId()))).rejects.toThrow("the ledger has no such session");
  expect(gateway.items.size).toBe(0);
});

test("no lockdown ends a service token: none of the keys that it replaces signed it", async () => {
  const gateway = gatewayInMemory();
  const id = await withToken(gateway);
  await gateway.lockdown();
  expect(await stateOf(gateway, id)).toBe("active");
});
