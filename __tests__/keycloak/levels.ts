/** Rules that ask for a level of authentication, which Keycloak maps to names (ACR to LoA mapping). */
import { pathOf } from "../support/keycloak-clients";
import type { KeycloakEdge } from "../support/keycloak-edge";
import { signInWith } from "../support/keycloak-pages";
import { inChromium, userNamed } from "../support/keycloak-person";
import { describeWith } from "../support/tools";
import { codeAt, ONE_TIME_PASSWORD, PERIOD } from "./one-time-passwords";

const LEE = userNamed("lee");

export function levels(started: () => KeycloakEdge): void {
  describeWith("chromium", "a rule that asks for a level of authentication", (chromium) => {
    const visitor = inChromium(chromium, started);
    beforeAll(() => started().realms.levels.addUsers([LEE], { credentials: [ONE_TIME_PASSWORD] }));

    test("leads from the password's level to that of the code, without the password again", async () => {
      const { page, url } = visitor;
      await page.goto(url + pathOf("levels"));
      await signInWith(page, LEE);
      await page.waitForURL(url + pathOf("levels"));
      const before = await visitor.session();
      expect(before).toMatchObject({ email: LEE.email, strength: "urn:password" });

      await page.goto(`${url}/at/levels/safe`);
      await page.locator("#otp").waitFor();
      expect(await page.locator("#password").isVisible()).toBe(false);
      await page.locator("#otp").fill(codeAt(Date.now() + PERIOD));
      await page.locator("#kc-login").click();
      await page.waitForURL(`${url}/at/levels/safe`);
      const after = await visitor.session();
      expect(after).toMatchObject({ uid: before.uid, strength: "urn:mfa" });
      expect(after.sid).not.toBe(before.sid);
      expect(after.authTime).toBeGreaterThanOrEqual(before.authTime);
    });
  });
}
