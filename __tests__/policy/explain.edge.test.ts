/** What is explained is what the shipped gate does, for the sites of its tests that differ in their policies. */
import { runGate } from "../../local/gate-sandbox";
import { explainRequest, type Explanation, type SignedIn } from "../../policy/explain";
import { rolesOf } from "../../policy/rule";
import { readingOf } from "../../session/paths";
import { gatePolicy } from "../../stacks/gate-policy";
import { eventOf, storeOf } from "../functions/gate/case";
import { ALICE, token } from "../functions/gate/sessions";
import { gateSources, siteConfig, type Site } from "../functions/gate/sites";

const SOURCES = gateSources();
const PREFLIGHT = { Origin: "https://other.example.com", "Access-Control-Request-Method": "PUT" };
const ODD_PATHS = [
  "/",
  "//x",
  "/a/../b",
  "/a/b;x",
  "/files/a%2fb",
  "/vault/a%2fb/",
  "/%61dmin",
  "/_gate",
  "/_door/",
  "/none/x",
];

/** What the gate logs. */
function logOf({ decision }: Explanation, person: SignedIn | undefined): string {
  if (decision.is === "allowed") return decision.as === "public" ? "allow public" : `allow session ${ALICE.uid}`;
  if (decision.is === "sign-in") return "login none";
  if (decision.is === "step-up") return "login step-up";
  const isJudged = person && (decision.why === "role" || decision.why === "closed");
  const codes: Partial<Record<typeof decision.why, string>> = { escapes: "path", nobody: "rule", request: "rule" };
  return `deny ${codes[decision.why] ?? decision.why}${isJudged ? ` ${ALICE.uid}` : ""}`;
}

/** Each run takes milliseconds, so one of seven requests is asked. All of them were, when this was written. */
const STRIDE = 7;

test.each<Site>(["handbook", "open", "shared", "door", "closed", "shut"])("%s", async (site) => {
  const config = siteConfig(site);
  const policy = { ...gatePolicy(config), hosts: gatePolicy(config).hosts!, basePath: config.basePath };
  const paths = config.policy.flatMap(({ path }) => [
    path.replace(/\/?\*\*$/, "/x").replaceAll("*", "y"),
    `${path.replace(/\/?\*\*$/, "").replaceAll("*", "y")}/`.replace("//", "/"),
    path.replace(/\/?\*\*$/, "/x%2fy").replaceAll("*", "y"),
  ]);
  const people: (SignedIn | undefined)[] = [
    undefined,
    ...[[], ...rolesOf(config.policy).map((role) => [role])].flatMap((roles) =>
      Object.keys(config.identityProviders).map((idp) => ({ roles, idp })),
    ),
  ];
  const methods = [
    ["GET", false],
    ["POST", false],
    ["OPTIONS", false],
    ["OPTIONS", true],
  ] as const;
  const requests = [...policy.hosts, "foreign.example.com"].flatMap((host) =>
    [...new Set([...paths, ...ODD_PATHS])].flatMap((path) =>
      methods.flatMap(([method, preflight]) => people.map((person) => ({ host, path, method, preflight, person }))),
    ),
  );
  for (const { host, path, method, preflight, person } of requests.filter((_, i) => i % STRIDE === 0)) {
    const request = {
      ...{ site, host, method, path },
      headers: preflight ? PREFLIGHT : {},
      ...(person && { session: token({ roles: [...person.roles], idp: person.idp! }) }),
    };
    const { log } = await runGate(SOURCES[site], eventOf(request), storeOf(request));
    const explained = explainRequest(policy, { host, method, path, preflight, reading: readingOf(path) }, person);
    expect({ request, log }).toEqual({ request, log: [logOf(explained, person)] });
  }
});
