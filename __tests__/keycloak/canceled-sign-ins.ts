/** People who change their mind at Keycloak. */
import { SESSION_COOKIE } from "../../session/cookies";
import { violations } from "../support/browser";
import { pathOf } from "../support/keycloak-clients";
import type { KeycloakEdge } from "../support/keycloak-edge";
import { signInWith } from "../support/keycloak-pages";
import { inChromium, userNamed } from "../support/keycloak-person";
import { describeWith } from "../support/tools";

const IDA = userNamed("ida");
const PATH = pathOf("asking");

export function canceledSignIns(started: () => KeycloakEdge): void {
  describeWith("chromium", "a sign-in that asks for consent", (chromium) => {
    const visitor = inChromium(chromium, started);
    beforeAll(() => started().realms.company.addUsers([IDA]));

    test("ends at a page that says so if the user declines, and can be started again", async () => {
      const { page, context, url } = visitor;
      const visited: string[] = [];
      page.on("framenavigated", (frame) => visited.push(new URL(frame.url()).pathname));
      await page.goto(url + PATH);
      await signInWith(page, IDA);
      await page.locator("#kc-cancel").click();
      await page.getByText("Sign-in was canceled").waitFor();
      // No loop: it stays there.
      expect(visited.at(-1)).toBe("/_gate/callback/asking");
      expect((await context.cookies(url)).map(({ name }) => name)).not.toContain(SESSION_COOKIE);
      expect(await violations(page)).toEqual([]);

      await page.getByRole("link", { name: "Start again" }).click();
      await signInWith(page, IDA);
      await page.locator("#kc-login").click();
      await page.waitForURL(url + PATH);
      expect(await visitor.me()).toMatchObject({ email: IDA.email });
    });
  });
}
