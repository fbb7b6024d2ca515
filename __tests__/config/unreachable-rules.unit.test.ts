/** A rule that an earlier one leaves nothing is a mistake; one that can still decide something is none. */
import { ConfigError, parseConfig } from "../../config/load";
import type { ConfigInput } from "../../config/schema";
import { SMALL } from "../support/small-config";

type Rule = Partial<ConfigInput["policy"][number]>;
const HOSTS = ["wiki.example.com", "docs.example.com"] as const;

const PAIRS: [earlier: Rule, later: Rule, isReachable: boolean][] = [
  [{ path: "/**" }, { path: "/" }, false],
  [{ path: "/**" }, { path: "/a/b" }, false],
  [{ path: "/**" }, { path: "/**" }, false],
  [{ path: "/" }, { path: "/" }, false],
  [{ path: "/" }, { path: "/**" }, true],
  [{ path: "/*" }, { path: "/" }, true],
  [{ path: "/*" }, { path: "/a" }, false],
  [{ path: "/*" }, { path: "/a/**" }, true],
  [{ path: "/*" }, { path: "/a/b" }, true],
  [{ path: "/a" }, { path: "/a" }, false],
  [{ path: "/a" }, { path: "/a/**" }, true],
  [{ path: "/a" }, { path: "/A" }, true],
  [{ path: "/a/**" }, { path: "/a" }, false],
  [{ path: "/a/**" }, { path: "/a/*" }, false],
  [{ path: "/a/**" }, { path: "/a/b/**" }, false],
  [{ path: "/a/**" }, { path: "/ab" }, true],
  [{ path: "/a/b/**" }, { path: "/a/**" }, true],
  [{ path: "/a/*" }, { path: "/a/**" }, true],
  [{ path: "/a/*" }, { path: "/a/b" }, false],
  [{ path: "/a/b" }, { path: "/a/*" }, true],
  [{ path: "/*/b" }, { path: "/a/b" }, false],
  [{ path: "/*/b" }, { path: "/a/c" }, true],
  [{ path: "/a", methods: ["GET"] }, { path: "/a" }, true],
  [{ path: "/a" }, { path: "/a", methods: ["GET"] }, false],
  [{ path: "/a", methods: ["GET", "POST"] }, { path: "/a", methods: ["POST"] }, false],
  [{ path: "/a", methods: ["GET", "POST"] }, { path: "/a", methods: ["POST", "PUT"] }, true],
  [{ path: "/a", methods: ["GET"] }, { path: "/a", methods: ["HEAD"] }, false],
  [{ path: "/a", methods: ["HEAD"] }, { path: "/a", methods: ["GET"] }, true],
  [{ path: "/a" }, { path: "/a", host: HOSTS[1] }, false],
  [{ path: "/a", host: HOSTS[1] }, { path: "/a" }, true],
  [{ path: "/a", host: HOSTS[1] }, { path: "/a", host: HOSTS[1] }, false],
  [{ path: "/a", host: HOSTS[0] }, { path: "/a", host: HOSTS[1] }, true],
];

test.each(PAIRS)("after %j the rule %j can decide: %s", (earlier, later, isReachable) => {
  const policy = [
    { path: "/first", allow: "public" },
    { ...earlier, allow: "public" },
    { ...later, allow: "signed-in" },
  ];
  const parse = () =>
    parseConfig({
      ...SMALL,
      origin: { type: "custom", domainName: "origin.example.com", open: true },
      alternateDomains: [HOSTS[1]],
      policy,
    });
  if (isReachable) expect(parse).not.toThrow();
  else
    expect(parse).toThrow(
      new ConfigError("config", [
        {
          path: "policy[2]",
          message: `can never match: policy[1] (${earlier.path}) matches all its requests first; move it up or remove it`,
        },
      ]),
    );
});
