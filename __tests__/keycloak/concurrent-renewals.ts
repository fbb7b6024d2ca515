/** Several tabs at once, and a provider that takes a refresh token only once. */
import type { Answer, HttpClient } from "../../local/http-client";
import type { LocalEdge } from "../../local/local-edge";
import type { KeycloakAdmin } from "../support/keycloak-admin";
import type { KeycloakEdge } from "../support/keycloak-edge";
import { ScriptedPerson, userNamed } from "../support/keycloak-person";

const ADA = userNamed("ada");

export function concurrentRenewals(started: () => KeycloakEdge): void {
  describe("four tabs of one browser whose token has expired", () => {
    const ROUNDS = 50;
    let gateway: KeycloakEdge;
    let edge: LocalEdge;
    let company: KeycloakAdmin;

    beforeAll(async () => {
      gateway = started();
      edge = gateway.edge;
      company = gateway.realms.company;
      await company.addUsers([ADA]);
    });

    test(`renew ${ROUNDS} times: nobody is refused or asked to sign in, and Keycloak sees one refresh a time`, async () => {
      const before = await refreshGrants();
      const outcomes: Record<string, number> = {};
      let person = await signedIn();
      for (let round = 1; round <= ROUNDS; round++) {
        await person.age();
        const { client } = person;
        const seen = await Promise.all([visit(client, 1), visit(client, 2), renew(client), renew(client)]);
        for (const outcome of seen) outcomes[outcome] = (outcomes[outcome] ?? 0) + 1;
        // Each round counts, whatever became of the one before.
        if (seen.some((outcome) => outcome !== "renewed")) person = await signedIn();
      }
      const after = await refreshGrants();
      expect({ outcomes, granted: after.granted - before.granted, refused: after.refused - before.refused }).toEqual({
        outcomes: { renewed: 4 * ROUNDS },
        granted: ROUNDS,
        refused: 0,
      });
    });

    async function signedIn(): Promise<ScriptedPerson> {
      const person = new ScriptedPerson(gateway);
      await person.signIn(ADA, "/staff");
      return person;
    }

    async function refreshGrants(): Promise<{ granted: number; refused: number }> {
      const [granted, refused] = [await company.events("REFRESH_TOKEN"), await company.events("REFRESH_TOKEN_ERROR")];
      return { granted: granted.length, refused: refused.length };
    }

    /** A tab that opens a page. */
    async function visit(client: HttpClient, tab: number): Promise<string> {
      const target = `${edge.url}/staff?tab=${tab}`;
      return describeAnswer(await client.open(target), target);
    }

    /** A tab whose script renews the session and goes on. */
    async function renew(client: HttpClient): Promise<string> {
      const { status } = await client.fetch("POST", `${edge.url}/_gate/refresh`);
      if (status !== 200) return `refresh: ${status}`;
      const target = `${edge.url}/api/hello`;
      return describeAnswer(await client.fetch("GET", target), target);
    }

    function describeAnswer({ status, url, body }: Answer, target: string): string {
      if (status === 200 && url.href === target) return "renewed";
      return url.origin === edge.url
        ? `${url.pathname}: ${status}`
        : body.includes("kc-form-login")
          ? "sign-in form"
          : `Keycloak: ${status}`;
    }
  });
}
