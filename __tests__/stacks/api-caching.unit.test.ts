/** For how long CloudFront may answer for the origin of an API: nobody asks then whether the caller was revoked. */
import { App, TerraformStack, Testing } from "cdktf";
import { parseConfig } from "../../config/load";
import { Caching } from "../../stacks/caching";
import type { SingleOrigin } from "../../config/origins/origin";
import { SMALL } from "../support/small-config";

test.each([
  ["disabled", {}, 1],
  ["optimized", {}, 900],
  ["optimized", { token: "5m" }, 300],
] as const)("%s, with session %j: at most %i seconds", (caching, session, seconds) => {
  const config = parseConfig({
    ...SMALL,
    session,
    behaviors: [
      {
        path: "/api/*",
        origin: { type: "custom", domainName: "api.example.com", secretHeader: true },
        caching,
        api: true,
      },
    ],
  });
  const stack = new TerraformStack(new App(), "test");
  new Caching(stack, "cache", config).policiesForApi(config.behaviors[0]!.origin as SingleOrigin, caching);
  const { resource } = JSON.parse(Testing.synth(stack)) as {
    resource: Record<string, Record<string, { name: string }>>;
  };
  const policies = Object.values(resource["aws_cloudfront_cache_policy"]!);
  expect(policies.filter(({ name }) => name.startsWith("wiki-api"))).toEqual([
    expect.objectContaining({ min_ttl: 0, default_ttl: 0, max_ttl: seconds }),
  ]);
});
