/**
 * A realm that authenticates in levels: a password is level 1, a one-time password on top of it level 2.
 * https://www.keycloak.org/docs/26.4.0/server_admin/#_step-up-flow
 */
import type { Keycloak } from "./keycloak";

/** The names of the levels, as clients ask for them. */
export const LEVELS = { "urn:password": 1, "urn:mfa": 2 };

interface Execution {
  id: string;
  displayName: string;
  providerId?: string;
  level: number;
  [more: string]: unknown;
}

const FLOW = "levels";

/** Puts a flow in the place of the realm's own for browsers, and names its levels. */
export async function authenticateInLevels({ admin }: Pick<Keycloak, "admin">, realm: string): Promise<void> {
  const flows = `/${realm}/authentication/flows`;
  const addFlow = (to: string, alias: string) =>
    admin("POST", `${flows}/${to}/executions/flow`, { alias, type: "basic-flow", provider: "registration-page-form" });
  const addStep = (to: string, provider: string) => admin("POST", `${flows}/${to}/executions/execution`, { provider });

  await admin("POST", flows, { alias: FLOW, providerId: "basic-flow", topLevel: true, builtIn: false });
  await addStep(FLOW, "auth-cookie");
  await addFlow(FLOW, "levels-forms");
  const steps: [flow: string, provider: string][] = [
    ["levels-password", "auth-username-password-form"],
    ["levels-code", "auth-otp-form"],
  ];
  for (const [flow, provider] of steps) {
    await addFlow("levels-forms", flow);
    await addStep(flow, "conditional-level-of-authentication");
    await addStep(flow, provider);
  }

  const executions = (await admin("GET", `${flows}/${FLOW}/executions`)) as Execution[];
  let level = 0;
  for (const execution of executions) {
    const { displayName, providerId } = execution;
    const requirement =
      providerId === "auth-cookie" || displayName === "levels-forms"
        ? "ALTERNATIVE"
        : displayName === "levels-password" || displayName === "levels-code"
          ? "CONDITIONAL"
          : "REQUIRED";
    await admin("PUT", `${flows}/${FLOW}/executions`, { ...execution, requirement });
    if (providerId !== "conditional-level-of-authentication") continue;
    level += 1;
    await admin("POST", `/${realm}/authentication/executions/${execution.id}/config`, {
      alias: `level-${level}`,
      config: { "loa-condition-level": String(level), "loa-max-age": "36000" },
    });
  }
  await admin("PUT", `/${realm}`, { browserFlow: FLOW, attributes: { "acr.loa.map": JSON.stringify(LEVELS) } });
}
