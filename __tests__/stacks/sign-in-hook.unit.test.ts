/** What hooks add to the handler's settings and permissions. */
import { parseConfig } from "../../config/load";
import { authPermissions } from "../../stacks/auth-permissions";
import { authSettings } from "../../stacks/settings";
import { SMALL } from "../support/small-config";

const FUNCTION = "arn:aws:lambda:us-east-1:111122223333:function:who:live";
const POLICY = [{ path: "/**", allow: { roles: ["admin"] } }];

function made(signInHook?: object) {
  const config = parseConfig({ ...SMALL, policy: POLICY, ...(signInHook && { signInHook }) });
  return { settings: authSettings(config).signInHook, permissions: authPermissions(config) };
}

test("without one the handler may invoke no function and gets no token", () => {
  const { settings, permissions } = made();
  expect(settings).toBeUndefined();
  expect(JSON.stringify(permissions)).not.toMatch(/lambda:|sts:/);
});

test("a function may be invoked, and no other", () => {
  const { settings, permissions } = made({ lambda: FUNCTION, grant: ["admin"] });
  expect(settings).toEqual({ function: FUNCTION, timeout: 2, grant: ["admin"] });
  expect(permissions.filter(({ Action }) => String(Action).includes("lambda"))).toEqual([
    { Sid: "SignInHook", Effect: "Allow", Action: "lambda:InvokeFunction", Resource: FUNCTION },
  ]);
  expect(JSON.stringify(permissions)).not.toContain("sts:");
});

test.each([
  ["the origin of its URL", {}, "https://people.example.com"],
  ["its own audience", { audience: "urn:people" }, "urn:people"],
])("a server gets a token for %s, and for nobody else", (_name, more, audience) => {
  const url = "https://people.example.com/gateway?tenant=1";
  const { settings, permissions } = made({ url, timeout: "3s", ...more });
  expect(settings).toEqual({ url, audience, timeout: 3, grant: [] });
  expect(permissions.find(({ Sid }) => Sid === "ClientAssertions")).toMatchObject({
    Action: "sts:GetWebIdentityToken",
    Condition: {
      "ForAllValues:StringEquals": { "sts:IdentityTokenAudience": [audience] },
      StringEquals: { "sts:SigningAlgorithm": ["RS256"] },
    },
  });
  expect(JSON.stringify(permissions)).not.toContain("lambda:");
});

describe("who is told of requests for access", () => {
  function told(requestHook: object, signInHook?: object) {
    const config = parseConfig({
      ...SMALL,
      policy: POLICY,
      accessDenied: { requestHook },
      ...(signInHook && { signInHook }),
    });
    return { settings: authSettings(config).accessDenied, permissions: authPermissions(config) };
  }

  test("a function may be invoked, and the other hook's beside it", () => {
    const other = FUNCTION.replace("who", "tickets");
    const { settings, permissions } = told({ lambda: other }, { lambda: FUNCTION });
    expect(settings).toEqual({ requestHook: { function: other, timeout: 2 } });
    expect(permissions.filter(({ Action }) => String(Action).includes("lambda"))).toEqual([
      { Sid: "SignInHook", Effect: "Allow", Action: "lambda:InvokeFunction", Resource: FUNCTION },
      { Sid: "RequestHook", Effect: "Allow", Action: "lambda:InvokeFunction", Resource: other },
    ]);
    expect(JSON.stringify(permissions)).not.toContain("sts:");
  });

  test("a server gets a token, and the other hook's server another one", () => {
    const url = "https://tickets.example.com/gateway";
    const { settings, permissions } = told({ url, timeout: "3s" }, { url: "https://people.example.com" });
    expect(settings).toEqual({ requestHook: { url, audience: "https://tickets.example.com", timeout: 3 } });
    expect(permissions.find(({ Sid }) => Sid === "ClientAssertions")).toMatchObject({
      Condition: {
        "ForAllValues:StringEquals": {
          "sts:IdentityTokenAudience": ["https://people.example.com", "https://tickets.example.com"],
        },
      },
    });
  });
});
