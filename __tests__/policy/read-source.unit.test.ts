/** Rules that are read back from the compiled source decide as it does. */
import { decidingRule } from "../../policy/deciding-rule";
import { policyOf } from "../../policy/evaluate";
import { readPolicySource } from "../../policy/read-source";
import { METHODS, type Conditions, type PolicyRule } from "../../policy/rule";
import { closedPolicySource, policySource } from "../../policy/source";
import { generatedPolicy, GENERATED_HOSTS, seeded } from "../support/generated-policies";

const SEGMENTS = ["x", "y", "o"];
const PATHS = ["/", ...[1, 2, 3].flatMap(paths), "/x/y/o/x"];

function paths(depth: number): string[] {
  if (depth === 0) return [""];
  return paths(depth - 1).flatMap((start) => SEGMENTS.map((segment) => `${start}/${segment}`));
}

test("the rules that are read decide like those that were written", () => {
  const next = seeded(7);
  for (let round = 0; round < 400; round++) {
    const rules = generatedPolicy(next, 10);
    const closed = round % 4 === 0 ? ["r", "Domain Users"] : undefined;
    const source = closed ? closedPolicySource(rules, closed) : policySource(rules);
    const read = readPolicySource(`function decide(){return policy}\n${source}\nvar F;\n`);
    expect(read.closedTo).toEqual(closed);
    expect(read.rest).toEqual(["function decide(){return policy}\n", "\nvar F;\n"]);
    const [written, again] = [policyOf(rules), policyOf(read.rules)];
    for (const host of [...GENERATED_HOSTS, "z.example"])
      for (const method of [...METHODS, "PURGE"])
        for (const path of PATHS)
          for (const preflight of [false, true]) {
            const request = { host, method, path, preflight };
            if (JSON.stringify(again(request)) !== JSON.stringify(written(request)))
              throw new Error(JSON.stringify({ rules, read, request }));
          }
  }
});

test("every rule comes back as it was written", () => {
  const rules: PolicyRule[] = [
    { path: "/", allow: "public" },
    { path: "/a/*/b/**", methods: ["GET", "POST"], allow: { roles: ["Domain Users", "cn=a,ou=b"], idp: ["main"] } },
    { path: "/b/*/*", allow: { roles: ["?", "*", "+", "a!b"] }, escapes: true, preflight: "pass" },
    { path: "/**", methods: ["HEAD"], allow: "signed-in" },
    { host: "wiki.example.com", path: "/*/x", allow: { idp: ["main", "corp"] } },
    { path: "/*/**", allow: { roles: ["Ärzte"] } },
  ];
  expect(readPolicySource(policySource(rules)).rules).toEqual(rules);
  expect(readPolicySource(closedPolicySource(rules, []))).toMatchObject({ rules, closedTo: [] });
  const request = { host: "wiki.example.com", method: "POST", path: "/c/x" };
  expect(decidingRule(readPolicySource(policySource(rules)).rules)(request)).toBe(4);
});

test("every kind of condition comes back, with an owner's segment as its number", () => {
  const conditions: Conditions = {
    ...{ roles: ["a&b", "c|d"], allRoles: ["e"], notRoles: ["f=g"], idp: ["main"], scopes: ["read:all"] },
    claims: { plan: ["premium", "a!b"], "https://example.com/team": ["x"], email: ["ann@example.com"] },
    ...{ emailDomains: ["example.com"], acr: ["urn:mfa"], maxAge: 900 },
    ...{ networks: ["10.0.0.0/8", "2001:db8::/32", "::/0"], notNetworks: ["10.1.0.0/16"] },
    ...{ countries: ["DE", "AT"], notCountries: ["RU"] },
    during: { from: "2026-12-01T08:00:00Z", until: "2026-12-31T18:00:00Z", days: ["mon", "sun"], hours: "22:00-06:00" },
    owner: { segment: "3", claim: "teams" },
  };
  const rules: PolicyRule[] = [
    { path: "/denied/**", allow: "nobody", escapes: true },
    { path: "/teams/*/*", allow: conditions },
    { path: "/users/*/**", methods: ["PUT"], allow: [{ owner: "2" }, { roles: ["admin"] }, {}] },
    { path: "/late", allow: { during: { hours: "18:00-24:00" } } },
    { path: "/office", allow: { public: true, networks: ["192.0.2.0/24"] }, preflight: "pass" },
  ];
  expect(readPolicySource(policySource(rules)).rules).toEqual(rules);
  expect(readPolicySource(closedPolicySource(rules, ["ops"]))).toMatchObject({ rules, closedTo: ["ops"] });
  const named = policySource([{ path: "/users/{user}/**", methods: ["PUT"], allow: { owner: "user" } }]);
  expect(readPolicySource(named).rules).toEqual([{ path: "/users/*/**", methods: ["PUT"], allow: { owner: "2" } }]);
  expect(policySource(readPolicySource(named).rules)).toBe(named);
});

const SOURCE = policySource([
  { path: "/a/*", methods: ["GET"], allow: { roles: ["a b"] } },
  { path: "/**", allow: "signed-in" },
]);
const extended = (text: string) => policySource([{ path: "/a/*", allow: { notRoles: ["x"] } }]).replace("&not=x", text);
const CLOSED = closedPolicySource([{ path: "/**", allow: "public" }], ["ops"]);

test.each([
  ["no policy", "var a=1", "no policy"],
  ["two policies", `${SOURCE}\n${SOURCE}`, "a second policy"],
  ["another condition", SOURCE.replace("s[2]&&", "s[2]&&Date.now()&&"), "line 3, column"],
  ["another statement", SOURCE.replace('return"+"', 'h="";return"+"'), "is missing"],
  ["a call in place of a text", SOURCE.replace('return"+"', 'return f("+")'), "is missing"],
  ["a text that is no requirement", SOURCE.replace('return"+"', 'return"#ops=+"'), "a name is missing"],
  ["a role that is encoded in another way", SOURCE.replace("a%20b", "%61%20b"), "not as the compiler writes it"],
  ["a broken escape", SOURCE.replace("a%20b", "a%2b%FF"), "an escape that is none"],
  ["GET without HEAD", SOURCE.replace('(m=="GET"||m=="HEAD")', 'm=="GET"'), "not as the compiler writes it"],
  ["a method that rules cannot name", SOURCE.replace('m=="HEAD"', 'm=="PURGE"'), "a name is missing"],
  ["a path without its end", SOURCE.replace("s[2]&&!s[3]", "!s[3]"), "not as the compiler writes it"],
  ["an end that is too far away", SOURCE.replace("!s[3]", "!s[9]"), "not as the compiler writes it"],
  ["a negated condition", SOURCE.replace("if(s[2]", "if(!s[2]"), "not as the compiler writes it"],
  ["a preflight's statement alone", SOURCE.replace('return"+"', 'if(p)return"*"'), "is missing"],
  ["another first segment", SOURCE.replace('case"a"', "default"), "is missing"],
  ["the end in the middle", SOURCE.slice(0, -5), "is missing"],
  ["a closed site that opens for all", CLOSED.replace("return r&&", "return r||"), "is missing"],
  ["a closed site without its closing", CLOSED.split("\nfunction policy")[0]!, "is missing"],
  ["a closed site that denies nothing", CLOSED.replace("#ops=", "=="), "is missing"],
  ["a condition that none is", extended("&x=a"), "not a condition: x"],
  ["conditions that need no extended text", extended("&any=a"), "not as the compiler writes it"],
  ["conditions in another order", extended("&idp=a&any=b&not=c"), "not as the compiler writes it"],
  ["a condition twice", extended("&any=a&any=b&not=c"), "not as the compiler writes it"],
  ["a list of nothing", extended("&not="), "an empty list"],
  ["an empty alternative", extended("&not=a|"), "not as the compiler writes it"],
  ["a network that is none", extended("&net=10.0.0.0/33"), "no network"],
  ["a network with the address of a host", extended("&net=10.0.0.1/8"), "no network"],
  ["IPv6 in a form that cannot be", extended("&net=1::2::3/128"), "no network"],
  ["an age that is no number", extended("&age=NaN"), "no number of seconds"],
  ["a negative age", extended("&age=-5"), "no number of seconds"],
  ["a country that is none", extended("&geo=de"), "no country"],
  ["a day that is none", extended("&time=!!0!"), "no day"],
  ["a window of always", extended("&time=!!!"), "no time"],
  ["a day that no month has", extended("&time=2026-13-01T00:00:00Z!!!"), "no time"],
  ["hours that no day has", extended("&time=!!!2500-2600"), "no hours"],
  ["an owner of a fixed segment", extended("&own=1"), "an owner without a segment"],
  ["an owner beyond the path", extended("&own=7"), "an owner without a segment"],
  ["an owner of a name", extended("&own=user"), "an owner without a segment"],
  ["roles beside public", extended("&pub=&any=a"), "a condition about people beside public"],
  ["a broken escape in a claim", extended("&claim=a!%FF"), "an escape that is none"],
  ["the end of the text in a claim", extended('&claim=a!b"};x()//'), "is missing"],
])("%s is refused", (_, source, problem) => {
  expect(source).not.toBe(SOURCE);
  expect(source).not.toBe(CLOSED);
  expect(() => readPolicySource(source)).toThrow(problem);
});
