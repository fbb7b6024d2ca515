/** Sessions in a browser, from the sign-in form of Keycloak to their end at either side. */
import { setTimeout } from "node:timers/promises";
import type { LocalEdge } from "../../local/local-edge";
import { edgegate } from "../support/cli";
import type { KeycloakAdmin } from "../support/keycloak-admin";
import type { KeycloakEdge } from "../support/keycloak-edge";
import { asksForPassword, signInWith } from "../support/keycloak-pages";
import { inChromium, userNamed } from "../support/keycloak-person";
import { expectSoon } from "../support/soon";
import { describeWith } from "../support/tools";

/** Those whom Keycloak changes have a test of their own. */
const [BEN, CLEO, DAN, EVE, FAY] = [
  userNamed("ben"),
  userNamed("cleo"),
  userNamed("dan"),
  userNamed("eve"),
  userNamed("fay"),
];

export function sessions(started: () => KeycloakEdge): void {
  describeWith("chromium", "in Chromium", (chromium) => {
    const visitor = inChromium(chromium, started);
    let gateway: KeycloakEdge;
    let edge: LocalEdge;
    let company: KeycloakAdmin;

    beforeAll(async () => {
      gateway = started();
      edge = gateway.edge;
      company = gateway.realms.company;
      await company.addUsers([BEN, CLEO, DAN, EVE, FAY]);
    });

    test("use its sign-in form, are who they are there, and sign out there and here", async () => {
      await visitor.signIn(BEN, "/staff?week=7");
      expect(await visitor.me()).toMatchObject({ email: BEN.email, roles: ["staff"] });

      const there = visitor.page.waitForRequest((request) =>
        request.url().startsWith(`${edge.issuer}/protocol/openid-connect/logout?`),
      );
      await visitor.page.goto(`${edge.url}/_gate/logout`);
      await there;
      await visitor.page.waitForURL(`${edge.url}/_gate/signed-out`);
      await visitor.page.goto(`${edge.url}/staff`);
      expect([new URL(visitor.page.url()).origin, await asksForPassword(visitor.page)]).toEqual([
        new URL(edge.issuer).origin,
        true,
      ]);
    });

    test("are out within seconds when an administrator ends their session there", async () => {
      await visitor.signIn(BEN, "/staff");
      expect(await visitor.callApi()).toBe(200);
      await company.endSessionsOf(BEN);
      await expectSoon(() => visitor.callApi(), 401);
      await visitor.page.goto(`${edge.url}/staff`);
      expect(await asksForPassword(visitor.page)).toBe(true);
    });

    test("lose a role with the next renewal after it was taken from them", async () => {
      await visitor.signIn(EVE, "/staff");
      expect(await visitor.me()).toMatchObject({ roles: ["staff"] });
      await company.takeRoleFrom(EVE);
      await visitor.age();
      await visitor.page.goto(`${edge.url}/reports`);
      expect(visitor.page.url()).toBe(`${edge.url}/reports`);
      expect(await visitor.me()).toMatchObject({ email: EVE.email, roles: [] });
      expect((await visitor.page.goto(`${edge.url}/staff`))?.status()).toBe(403);
    });

    test("are not renewed once their account is disabled, and cannot sign in", async () => {
      await visitor.signIn(FAY, "/staff");
      await company.disable(FAY);
      await visitor.age();
      await visitor.page.goto(`${edge.url}/staff`);
      expect([new URL(visitor.page.url()).origin, await asksForPassword(visitor.page)]).toEqual([
        new URL(edge.issuer).origin,
        true,
      ]);
      await signInWith(visitor.page, FAY);
      await visitor.page.getByText("Account is disabled").waitFor();
    });

    test("are not asked whether they really want to sign out", async () => {
      await visitor.signIn(BEN, "/staff");
      const there = visitor.page.waitForRequest((request) =>
        request.url().startsWith(`${edge.issuer}/protocol/openid-connect/logout?`),
      );
      const seen: string[] = [];
      visitor.page.on("domcontentloaded", (shown) => seen.push(new URL(shown.url()).pathname));
      await visitor.page.goto(`${edge.url}/_gate/logout`);
      expect(new URL((await there).url()).searchParams.get("id_token_hint")).toMatch(/^eyJ/);
      expect(seen).toEqual(["/_gate/signed-out"]);
    });

    test("restore their tabs after a long break, and each shows its page", async () => {
      await visitor.signIn(CLEO, "/staff");
      for (let morning = 1; morning <= 5; morning++) {
        await visitor.age();
        const [first, second] = [await visitor.context.newPage(), await visitor.context.newPage()];
        const visited: string[] = [];
        for (const tab of [first, second]) tab.on("request", (request) => visited.push(new URL(request.url()).origin));
        const targets = [`${edge.url}/staff?morning=${morning}`, `${edge.url}/reports?morning=${morning}`] as const;
        const answers = await Promise.all([first.goto(targets[0]), second.goto(targets[1])]);
        expect(answers.map((answer) => [answer?.status(), answer?.url()])).toEqual(
          targets.map((target) => [200, target]),
        );
        expect([...new Set(visited)]).toEqual([edge.url]);
        await Promise.all([first.close(), second.close()]);
      }
    });

    test("type their password again once they are revoked, although Keycloak knows the browser, and get in", async () => {
      await visitor.page.goto(gateway.otherSite);
      await signInWith(visitor.page, DAN);
      await visitor.page.waitForURL(`${edge.url}/public/other?*`);
      // Times are whole seconds.
      await setTimeout(1000);
      await visitor.page.goto(`${edge.url}/staff`);
      expect(visitor.page.url()).toBe(`${edge.url}/staff`);
      const before = await visitor.session();
      expect(before.authTime).toBeLessThan(before.issuedAt);
      const { code, stderr } = await edgegate([
        "revoke",
        "user",
        DAN.email,
        "--yes",
        `--local=${new URL(edge.url).port}`,
      ]);
      expect({ code, stderr }).toEqual({ code: 0, stderr: "" });

      const asked = visitor.page.waitForRequest((request) =>
        request.url().startsWith(`${edge.issuer}/protocol/openid-connect/auth?`),
      );
      await visitor.page.goto(`${edge.url}/staff`);
      expect(new URL((await asked).url()).searchParams.get("prompt")).toBe("login");
      expect(await asksForPassword(visitor.page)).toBe(true);
      await signInWith(visitor.page, DAN);
      await visitor.page.waitForURL(`${edge.url}/staff`);
      const after = await visitor.session();
      expect([after.uid, after.sid === before.sid]).toEqual([before.uid, false]);
      expect(after.authTime).toBeGreaterThan(before.issuedAt);
      expect(await visitor.callApi()).toBe(200);
    });
  });
}
