/** `edgegate policy` and `edgegate explain`, on the example and on changes of it. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import example from "../../config/example";
import { accessLogEvent } from "../support/access-log";
import { edgegate } from "../support/cli";

const HOST = "handbook.example.com";
let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "edgegate-policy-"));
  const [, ...rules] = example.policy;
  write("opened.json", { policy: [{ path: "/**", allow: "public" }] });
  write("changed.json", { policy: [{ path: "/public/**", methods: ["GET"], allow: "public" }, ...rules] });
  write("closed.json", { maintenance: { allow: { roles: ["admin"] } } });
  write("same.json", {});
});
afterAll(() => rmSync(folder, { recursive: true }));

const fileOf = (name: string) => join(folder, name);
const write = (name: string, more: object) => writeFileSync(fileOf(name), JSON.stringify({ ...example, ...more }));
const diff = (name: string, ...more: string[]) =>
  edgegate(["policy", "diff", "config/example.ts", fileOf(name), ...more]);

/** The cells of each line. */
const table = (text: string) =>
  text
    .trimEnd()
    .split("\n")
    .map((line) => line.trim().split(/ {2,}/));

describe("edgegate policy diff", () => {
  test("says who loses what, and where", async () => {
    const { code, stdout, stderr } = await diff("changed.json");
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(table(stdout)).toEqual([
      [`config/example.ts → ${fileOf("changed.json")}: 1 change of access`],
      ["who", "path", "methods", "host"],
      ["-", "everybody", "/public/**", "every but GET, HEAD", "every"],
    ]);
  });

  test("puts what becomes public first, and counts it", async () => {
    const { stdout } = await diff("opened.json");
    expect(stdout).toMatch(/: \d+ changes of access, \d+ to the public\n/);
    expect(table(stdout)[2]).toEqual(["+", "everybody without role admin (now public)", "/admin/**", "every", "every"]);
  });

  test("says that a site closes, and who still gets in", async () => {
    const { stdout } = await diff("closed.json");
    expect(table(stdout)).toContainEqual(["-", "everybody without role admin", "/public/**", "every", "every"]);
    expect(stdout).toContain('The site closes: "maintenance" is new\n');
  });

  test("has a code of its own for changes, if asked", async () => {
    expect((await diff("changed.json", "--exit-code")).code).toBe(7);
    expect(await diff("same.json", "--exit-code")).toEqual({
      code: 0,
      stdout: "Nobody gains or loses access\n",
      stderr: "",
    });
  });

  test("compares a config with what was synthesized", async () => {
    const out = join(folder, "out");
    await edgegate(["synth"], { env: { CDKTF_OUTDIR: out } });
    const stack = join(out, "stacks/handbook/cdk.tf.json");
    const same = await edgegate(["policy", "diff", stack, "config/example.ts", "--exit-code"]);
    expect(same).toEqual({ code: 0, stdout: "Nobody gains or loses access\n", stderr: "" });
    const { stdout } = await edgegate(["policy", "diff", stack, fileOf("changed.json"), "--json"]);
    const { changes } = JSON.parse(stdout) as { changes: object[] };
    expect(changes).toEqual([
      {
        path: "/public/**",
        except: [],
        methods: ["POST", "PUT", "PATCH", "DELETE", "OPTIONS", "other"],
        before: "public",
        gains: [],
        loses: ["everybody"],
        newlyPublic: false,
      },
    ]);
  });

  test.each([
    ["a stack that does not exist", "none/cdk.tf.json", "there is no such file"],
    ["a stack without a gate", "cdk.tf.json", "it has no gate"],
  ])("%s is a mistake", async (_, name, problem) => {
    writeFileSync(fileOf("cdk.tf.json"), "{}");
    const { code, stderr } = await diff(name);
    expect(code).toBe(2);
    expect(stderr).toContain(problem);
  });
});

describe("edgegate policy table", () => {
  test("lists the rules in their order", async () => {
    const { stdout } = await edgegate(["policy", "table", "--config", fileOf("closed.json")]);
    const rows = table(stdout);
    expect(rows.slice(1, 3)).toEqual([
      ["rule", "host", "methods", "path", "may pass"],
      ["1", "any", "any", "/public/**", "public"],
    ]);
    expect(rows.slice(-2)).toEqual([
      ["none", "any", "any", "everything else", "nobody"],
      ["The site is closed: only admin gets in"],
    ]);
  });

  test("as Markdown, no name is formatted", async () => {
    write("odd.json", { policy: [{ path: "/a/**", allow: { roles: ["a|b", "*x*", "<i>"] } }], behaviors: [] });
    const { stdout } = await edgegate(["policy", "table", "--markdown", "--config", fileOf("odd.json")]);
    expect(stdout).toBe(
      "| rule | host | methods | path | may pass |\n| --- | --- | --- | --- | --- |\n" +
        "| 1 | any | any | `/a/**` | a\\|b or \\*x\\* or \\<i\\> |\n" +
        "| none | any | any | everything else | nobody |\n",
    );
  });
});

describe("edgegate explain", () => {
  describe("conditions", () => {
    beforeAll(() =>
      write("classic.json", {
        behaviors: [],
        requirements: {
          office: { roles: ["staff"], networks: ["192.0.2.0/24"], during: { days: ["mon", "tue", "wed"] } },
        },
        policy: [
          { path: "/admin/**", allow: { roles: ["admin"] } },
          { path: "/profile/{user}", methods: ["PUT"], allow: [{ owner: "user" }, { roles: ["admin"] }] },
          { path: "/premium/**", allow: { claims: { plan: "premium" } } },
          { path: "/keys/**", allow: { roles: ["admin"], acr: ["mfa"], maxAge: "15m", scopes: ["keys"] } },
          { path: "/office/**", allow: { require: "office" } },
          { path: "/old/**", allow: "nobody" },
          { path: "/mail/**", allow: { emailDomains: ["example.com"] } },
          { path: "/status/**", allow: { public: true, countries: ["DE", "AT"] } },
        ],
      }),
    );

    const ADMIN = ["--as", "roles=admin"];
    const KEYS = ["GET", "/keys/1", ...ADMIN, "--scope", "keys"];
    const OFFICE = ["GET", "/office/x", "--as", "roles=staff"];

    test.each<[string, args: string[], said: string | RegExp]>([
      ["an admin", ["GET", "/admin/x", ...ADMIN], "Allowed, with this session"],
      ["no admin", ["GET", "/admin/x", "--as", "signed-in"], "asks for\n  not met  admin\n"],
      ["the owner of a profile", ["PUT", "/profile/ann", "--owner"], "Allowed, with this session"],
      ["the owner by uid", ["PUT", "/profile/ann", "--uid", "ann"], "Allowed, with this session"],
      ["an admin with somebody's profile", ["PUT", "/profile/ann", ...ADMIN], "Allowed, with this session"],
      [
        "somebody else with a profile",
        ["PUT", "/profile/ann", "--uid", "bob"],
        "Refused, 403: the session does not have what the rule asks for\n  not met  owner ({user})\n  nor      admin\n",
      ],
      ["a premium plan", ["GET", "/premium/a", "--claim", "plan=premium"], "Allowed, with this session"],
      ["another plan", ["GET", "/premium/a", "--claim", "plan=free"], "not met  claim plan is premium\n"],
      ["a strong and new sign-in", [...KEYS, "--acr", "mfa", "--auth-age", "14m"], "Allowed, with this session"],
      [
        "an old sign-in",
        [...KEYS, "--acr", "mfa", "--auth-age", "20m"],
        /Asked to sign in again \(step-up\).*\n  not met  signed in within 15m\n/,
      ],
      ["a weak one", [...KEYS, "--acr", "pwd", "--auth-age", "14m"], "(step-up)"],
      [
        "an old sign-in that lacks the scope as well",
        ["GET", "/keys/1", ...ADMIN, "--acr", "mfa", "--auth-age", "20m"],
        "not met  scope keys; signed in within 15m\n",
      ],
      [
        "the office, on a Tuesday",
        [...OFFICE, "--address", "192.0.2.9", "--at", "2026-12-01T09:00Z"],
        "Allowed, with this session",
      ],
      [
        "the office, on a Saturday",
        [...OFFICE, "--address", "192.0.2.9", "--at", "2026-12-05T09:00Z"],
        "Refused, 403: no session helps: the rule is for other addresses, countries or times\n  not met  on mon to wed\n",
      ],
      [
        "the office from nowhere",
        [...OFFICE, "--at", "2026-12-01T09:00Z"],
        "not met  from 192.0.2.0/24\nSay where from with --address\n",
      ],
      ["a rule that denies", ["GET", "/old/x", ...ADMIN], "Refused, 403: the rule denies\n"],
      ["an address of the domain", ["GET", "/mail/x", "--email", "ann@example.com"], "Allowed, with this session"],
      ["one of a subdomain", ["GET", "/mail/x", "--email", "ann@sub.example.com"], "not met  e-mail at example.com\n"],
      ["a visitor from the country", ["GET", "/status/x", "--country", "DE"], "Allowed, without a session"],
      ["a visitor from another one", ["GET", "/status/x", "--country", "FR"], "not met  in DE or AT\n"],
    ])("%s", async (_, args, said) => {
      const { code, stdout, stderr } = await edgegate(["explain", ...args, "--config", fileOf("classic.json")]);
      expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
      expect(stdout).toMatch(typeof said === "string" ? new RegExp(said.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")) : said);
    });

    test.each<[string, args: string[], problem: string]>([
      ["a claim that no rule compares", ["--claim", "pln=a"], "no rule compares the claim pln"],
      ["a claim without a value", ["--claim", "plan"], "write --claim plan=premium"],
      ["an e-mail address as a claim", ["--claim", "email=a@b.example"], "write --email a@b.example"],
      ["an e-mail address that is none", ["--email", "ann"], "write --email ann@example.com"],
      ["claims of a visitor", ["--as", "anonymous", "--claim", "plan=a"], "leave out --as anonymous"],
      ["an address that is none", ["--address", "office"], "write an IP address"],
      ["a country in lower case", ["--country", "de"], "write two letters"],
      ["an age without a unit", ["--auth-age", "20"], 'write a time such as "90m"'],
      ["a time without a zone", ["--at", "2026-12-01T09:00"], "a time with its zone"],
    ])("%s is a mistake", async (_, args, problem) => {
      const { code, stderr } = await edgegate(["explain", "GET", "/", ...args, "--config", fileOf("classic.json")]);
      expect(code).toBe(2);
      expect(stderr).toContain(problem);
    });

    test("the table has requirements with their names", async () => {
      const { stdout } = await edgegate(["policy", "table", "--config", fileOf("classic.json")]);
      const cells = table(stdout).map((row) => row.at(-1));
      expect(cells).toContain("owner ({user}) or admin");
      expect(cells).toContain("admin, scope keys, acr mfa, signed in within 15m");
      expect(cells).toContain("office: staff, from 192.0.2.0/24, on mon to wed");
    });

    test("the diff says who gains and loses access, and to what", async () => {
      write("wider.json", {
        behaviors: [],
        policy: [
          { path: "/admin/**", allow: { roles: ["admin"], networks: ["10.0.0.0/8"] } },
          { path: "/premium/**", allow: { claims: { plan: ["premium", "trial"] } } },
        ],
      });
      const { stdout } = await edgegate(["policy", "diff", fileOf("classic.json"), fileOf("wider.json")]);
      const rows = table(stdout).map(([sign, who, path]) => [sign, who, path]);
      expect(rows).toContainEqual(["-", "role admin outside network 10.0.0.0/8", "/admin/**"]);
      expect(rows).toContainEqual([
        "+",
        "people whose claim plan is trial and whose claim plan is not premium",
        "/premium/**",
      ]);
      expect(rows).toContainEqual(["-", "the owner (segment 2)", "/profile/*"]);
    });
  });

  test("names the rule that decides, and says why each earlier one does not", async () => {
    const { code, stdout } = await edgegate(["explain", "post", "/api/users", "--as", "roles=staff"]);
    expect(code).toBe(0);
    expect(table(stdout)).toEqual([
      [`POST https://${HOST}/api/users, by a user with the role staff, from main`],
      ["rule", "matches", "may pass"],
      ["1", "/public/**", "public", "for another path"],
      ["2", "/favicon.ico", "public", "for another path"],
      ["3", "/admin/**", "admin", "for another path"],
      ["4", "/staff/**", "staff or admin", "for another path"],
      ["5", "GET /api/**", "signed-in", "for another method"],
      ["6", "/api/**", "staff or admin", "decides"],
      ["Allowed, with this session"],
    ]);
  });

  test.each([
    ["a page for people with a session", ["GET", "/x"], "Asked to sign in"],
    ["a page for another role", ["GET", "/admin", "--as", "roles=staff"], "Refused, 403: the session"],
    ["what no rule matches", ["PUT", "/x", "--as", "signed-in"], "Refused, 403: no rule"],
    ["a path that the gate refuses", ["GET", "/public/../admin"], "Refused, 400"],
    ["another host", ["GET", "https://other.example.com/x"], "Refused, 421"],
    ["a path of the gateway's own", ["GET", "/_gate/login"], "belongs to the gateway"],
    ["a closed site", ["GET", "/public", "--config", "closed.json"], "Refused, 503"],
  ])("%s", async (_, args, said) => {
    const { code, stdout } = await edgegate([
      "explain",
      ...args.map((arg) => (arg.endsWith(".json") ? fileOf(arg) : arg)),
    ]);
    expect(code).toBe(0);
    expect(stdout).toContain(said);
  });

  test.each([
    ["a role that no rule names", ["GET", "/x", "--as", "roles=editor"], "the policy has admin, staff"],
    ["nobody", ["GET", "/x", "--as", "alice"], "write --as roles=editor,admin"],
    ["an unknown provider", ["GET", "/x", "--as", "idp=corp"], "write main"],
    ["an unknown method", ["PURGE", "/x"], "write one of GET"],
    ["a path without a slash", ["GET", "x"], "write a method and a path"],
    ["plain http", ["GET", "http://handbook.example.com/x"], "write https"],
    ["a preflight with another method", ["GET", "/x", "--preflight"], "write OPTIONS"],
  ])("%s is a mistake", async (_, args, instead) => {
    const { code, stdout, stderr } = await edgegate(["explain", ...args]);
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).toContain(instead);
  });
});

describe("edgegate policy replay", () => {
  const at = Date.parse("2026-11-20T10:00:00Z");
  const line = (method: string, path: string, decision: string, seconds = 0) =>
    accessLogEvent(at + 1000 * seconds, {
      "cs-method": method,
      "x-host-header": HOST,
      "cs-uri-stem": path,
      "viewer-request-log-data": decision,
    }).message;
  const alice = "alice00000000001";
  const lines = [
    line("GET", "/public/a", "allow public"),
    line("POST", "/public/b", "allow public", 1),
    line("POST", "/public/c", "allow public", 2),
    line("GET", "/admin/x", `allow session ${alice}`, 3),
    line("GET", "/staff/x", `deny role ${alice}`, 4),
    line("GET", "/_gate/login", "-", 5),
    "no JSON",
    // As CloudWatch Logs exports it.
    `2026-11-20T10:01:00.000Z ${line("GET", "/x", "login none", 6)}`,
  ];
  beforeAll(() => {
    writeFileSync(fileOf("one.log"), `${lines.slice(0, 4).join("\n")}\n`);
    writeFileSync(fileOf("two.log.gz"), gzipSync(lines.slice(4).join("\n")));
    write("strict.json", {
      policy: example.policy.map((rule) =>
        rule.path === "/admin/**" ? { ...rule, allow: { roles: ["owner"] } } : rule,
      ),
    });
  });
  const replay = (policy: string, ...logs: string[]) =>
    edgegate(["policy", "replay", ...logs.map(fileOf), "--policy", fileOf(policy)]);

  test("tells what is decided otherwise, by path and by user", async () => {
    const { code, stdout, stderr } = await replay("strict.json", "one.log", "two.log.gz");
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(table(stdout)).toEqual([
      ["6 requests from 2026-11-20 10:00:00 to 2026-11-20 10:00:06 UTC, 1 decided otherwise"],
      ["requests", "users", "method", "paths", "such as", "will need"],
      ["may lose", "1", "1", "GET", `${HOST}/admin/**`, "/admin/x", "owner"],
      ["By user"],
      ["uid", "may lose"],
      [alice, "1"],
      ['"may" depends on roles, on the provider or on a session, which the log does not have'],
      ["1 request came to no rule: the gateway's own paths, the web ACL, failures"],
      ["1 line could not be read"],
    ]);
  });

  test("counts requests that lose the same access, whoever made them", async () => {
    const { stdout } = await replay("changed.json", "one.log");
    expect(table(stdout)[2]).toEqual(["loses", "2", "POST", `${HOST}/public/**`, "/public/b", "nobody"]);
  });

  test("reads stdin, and has a code of its own for changes, if asked", async () => {
    const input = lines.join("\n");
    const run = (policy: string) =>
      edgegate(["policy", "replay", "-", "--policy", fileOf(policy), "--exit-code", "--json"], { input });
    const changed = await run("strict.json");
    expect(changed.code).toBe(7);
    expect(JSON.parse(changed.stdout)).toMatchObject({
      requests: 6,
      changed: 1,
      undecided: 1,
      unreadable: 1,
      byOthers: 0,
      groups: [{ effect: "may lose", pattern: "/admin/**", before: 2, after: 2, requests: 1, users: { [alice]: 1 } }],
    });
    expect((await run("same.json")).code).toBe(0);
  });

  test("says that other rules than the old ones decided", async () => {
    const { stdout } = await edgegate([
      "policy",
      "replay",
      fileOf("one.log"),
      "--config",
      fileOf("opened.json"),
      "--policy",
      fileOf("opened.json"),
    ]);
    expect(stdout).toContain(`1 request was not decided by the rules of ${fileOf("opened.json")}, but by others`);
  });

  test.each([
    ["a file that does not exist", "none.log", "there is no file"],
    ["a file that is no access log", "same.json", "is a request"],
    ["a compressed file that is cut off", "cut.gz", "may be cut off"],
  ])("%s is a mistake", async (_, name, problem) => {
    writeFileSync(fileOf("cut.gz"), gzipSync(lines.join("\n")).subarray(0, -6));
    const { code, stderr } = await replay("same.json", name);
    expect(code).toBe(2);
    expect(stderr).toContain(problem);
  });
});
