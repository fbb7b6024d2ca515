/** Checks of `accessTokens` for CI jobs: anyone can get a token of a public CI service, for any audience. */
import type { AccessTokenIssuerConfig } from "./access-tokens";
import type { ConfigProblem } from "./error";
import type { Config } from "./schema";

type JobProfile = "github" | "gitlab";

/**
 * The claims that identify a caller uniquely, with the number of slashes that must come before a `*`. With fewer
 * slashes, strangers could choose a name with the same prefix. Absent if no `*` is safe.
 *
 * https://docs.github.com/actions/reference/security/oidc, https://docs.gitlab.com/ci/secrets/id_token_authentication/
 */
const IDENTIFYING: Record<JobProfile, Record<string, number | undefined>> = {
  github: {
    repository: 1,
    repository_id: undefined,
    repository_owner: undefined,
    repository_owner_id: undefined,
    job_workflow_ref: 1,
    // `repo:<owner>/<repository>:…`
    sub: 1,
  },
  gitlab: {
    project_path: 1,
    project_id: undefined,
    namespace_path: 1,
    namespace_id: undefined,
    // `<host>/<group>/<project>//…`
    ci_config_ref_uri: 2,
    // `project_path:<group>/<project>:…`
    sub: 1,
  },
};

/** Public services, by the beginning of their issuers. */
const PUBLIC_SERVICES: [issuer: RegExp, profile: JobProfile][] = [
  [/^https:\/\/token\.actions\.githubusercontent\.com(\/|$)/, "github"],
  [/^https:\/\/gitlab\.com\/?$/, "gitlab"],
];

export function jobsAreNamed({ accessTokens }: Config): ConfigProblem[] {
  return Object.entries(accessTokens).flatMap(([id, issuer]) => {
    const place = `accessTokens.${id}`;
    const service = PUBLIC_SERVICES.find(([form]) => form.test(issuer.issuer ?? ""))?.[1];
    if (service !== undefined && issuer.profile !== service)
      return [
        {
          path: `${place}.profile`,
          message: `write "${service}", whose issuer this is: anybody's job can get a token for your audience`,
        },
      ];
    return issuer.profile === "github" || issuer.profile === "gitlab"
      ? callersAreNamed(issuer, IDENTIFYING[issuer.profile], place)
      : [];
  });
}

function callersAreNamed(
  { require = {} }: AccessTokenIssuerConfig,
  identifying: Record<string, number | undefined>,
  place: string,
): ConfigProblem[] {
  const open = Object.entries(identifying).flatMap(([claim, slashes]) => {
    const values = Object.hasOwn(require, claim) ? require[claim]! : undefined;
    return values ? [{ claim, slashes, pattern: values.find((value) => isOpen(value, slashes)) }] : [];
  });
  const [first] = open;
  if (first === undefined)
    return [
      {
        path: `${place}.require`,
        message: `say whose jobs may call, such as { ${Object.keys(identifying)[0]}: "example/app" }: anybody's job can get a token for your audience`,
      },
    ];
  if (open.some(({ pattern }) => pattern === undefined)) return [];
  return [
    {
      path: `${place}.require.${first.claim}`,
      message: `"${first.pattern}" is also how names of others may begin; ${first.slashes === undefined ? 'write the value without "*"' : 'write the owner in full, and "*" after the "/", such as "example/*"'}`,
    },
  ];
}

/** True for a pattern that matches tokens of strangers. */
function isOpen(value: string, slashes: number | undefined): boolean {
  return value.endsWith("*") && (slashes === undefined || value.split("/").length - 1 < slashes);
}
