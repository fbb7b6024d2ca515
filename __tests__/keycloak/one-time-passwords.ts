/** A second factor at Keycloak. */
import { createHmac } from "node:crypto";
import type { KeycloakEdge } from "../support/keycloak-edge";
import { signInWith } from "../support/keycloak-pages";
import { inChromium, userNamed } from "../support/keycloak-person";
import { describeWith } from "../support/tools";

const HAL = userNamed("hal");
/** Milliseconds. */
export const PERIOD = 30_000;
const SEED = "a seed that only two parties know";
/** Keycloak's form of it: https://www.keycloak.org/docs-api/26.4.0/rest-api/index.html#CredentialRepresentation */
export const ONE_TIME_PASSWORD = {
  type: "otp",
  secretData: JSON.stringify({ value: SEED }),
  credentialData: JSON.stringify({
    subType: "totp",
    digits: 6,
    counter: 0,
    period: PERIOD / 1000,
    algorithm: "HmacSHA1",
  }),
};

export function oneTimePasswords(started: () => KeycloakEdge): void {
  describeWith("chromium", "a user with a one-time password", (chromium) => {
    const visitor = inChromium(chromium, started);
    beforeAll(() => started().realms.company.addUsers([HAL], { credentials: [ONE_TIME_PASSWORD] }));

    test("gets in with it, and not without", async () => {
      const { page, url } = visitor;
      await page.goto(`${url}/staff`);
      await signInWith(page, HAL);
      await page.locator("#otp").fill(String((Number(codeAt(Date.now())) + 1) % 1e6).padStart(6, "0"));
      await page.locator("#kc-login").click();
      await page.getByText("Invalid authenticator code").waitFor();
      expect(visitor.isAtKeycloak()).toBe(true);
      await page.locator("#otp").fill(codeAt(Date.now()));
      await page.locator("#kc-login").click();
      await page.waitForURL(`${url}/staff`);
      expect(await visitor.session()).toMatchObject({ email: HAL.email, strength: "1" });
    });

    test("is not asked again where Keycloak knows the browser, which `acr` tells", async () => {
      const { page, context, url } = visitor;
      await visitor.signIn(HAL, "/staff", () => page.locator("#otp").fill(codeAt(Date.now() + PERIOD)));
      const { authTime } = await visitor.session();
      await context.clearCookies({ domain: new URL(url).hostname });
      await page.goto(`${url}/staff`);
      await page.waitForURL(`${url}/staff`);
      // https://www.keycloak.org/docs/26.4.0/server_admin/#_mapping-acr-to-loa-realm: 0 for a session that is continued.
      expect(await visitor.session()).toMatchObject({ email: HAL.email, strength: "0", authTime });
    });
  });
}

/** RFC 6238 section 4, RFC 4226 section 5.3. @param time milliseconds */
export function codeAt(time: number): string {
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(Math.floor(time / PERIOD)));
  const mac = createHmac("sha1", SEED).update(counter).digest();
  return String((mac.readUInt32BE(mac.at(-1)! & 0xf) & 0x7fffffff) % 1e6).padStart(6, "0");
}
