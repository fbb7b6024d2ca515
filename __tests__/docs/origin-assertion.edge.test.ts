/** What docs/origin-assertion has for servers, run as servers run it: who gets in, and who does not. */
import { spawn, spawnSync } from "node:child_process";
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { base64url, SignJWT, type JWTPayload } from "jose";
import { runGate as runInNjs } from "../../local/gate-njs";
import { runGate as runInSandbox } from "../../local/gate-sandbox";
import { ASSERTION_RECORD, assertionPayload, assertionStart } from "../../session/assertion";
import { assertionKeyId, assertionRecord, formatAssertionKeys } from "../../session/assertion-keys";
import { hmac } from "../../session/node-hash";
import { eventOf } from "../functions/gate/case";
import { storeWith, token } from "../functions/gate/sessions";
import { gateSources, SITE_CONFIGS } from "../functions/gate/sites";
import { freePort } from "../support/free-port";
import { describeWith, describeWithNginx, findTool } from "../support/tools";
import { untilUp } from "../support/until-up";

const ROOT = join(__dirname, "../..");
const DOCS = join(ROOT, "docs/origin-assertion");
const ISSUER = "https://wiki.example.com";
const AUDIENCE = "https://wiki-origin.example.com";
const [CURRENT, NEXT, STRANGER] = ["c", "n", "s"].map((character) => character.repeat(43)) as [string, string, string];
const SECRET = formatAssertionKeys([CURRENT, NEXT]);
const NOW = Math.floor(Date.now() / 1000);
const SESSION = ["alice00000000001", "AliceSession0001", "", "", "", "", "", "s0a1b2", "main", "", "staff", ""];

/** As the gate signs it. */
function signed(key = CURRENT, now = NOW): string {
  const [header, secret] = assertionRecord(key).split(".");
  const payload = assertionPayload(assertionStart("wiki.example.com", AUDIENCE), SESSION, now);
  const text = `${header}.${base64url.encode(payload)}`;
  return `${text}.${hmac(secret!, text)}`;
}

const siteOf = (domain: string, audience: string) => ({ ...SITE_CONFIGS.asserted, domain, assertion: { audience } });
const GATES = gateSources({
  "wiki.example.com": siteOf("wiki.example.com", AUDIENCE),
  "evil.example.com": siteOf("evil.example.com", AUDIENCE),
  "other audience": siteOf("wiki.example.com", "https://other.example.com"),
});

/** By the gate as it is deployed. */
async function signedByGate(key: string, gate: keyof typeof GATES = "wiki.example.com"): Promise<string> {
  const host = gate === "evil.example.com" ? gate : "wiki.example.com";
  const records = { ...storeWith(), origin: "s".repeat(43), [ASSERTION_RECORD]: assertionRecord(key) };
  const event = eventOf({ host, session: token({ roles: ["staff"], email: "" }) });
  const { result } = await (findTool("njs") ? runInNjs : runInSandbox)(GATES[gate], event, { records });
  return (result as { headers: Record<string, { value: string }> }).headers["x-gate-assertion"]!.value;
}

const CLAIMS: JWTPayload = { iss: ISSUER, aud: AUDIENCE, sub: "mallory", exp: NOW + 60 };
const unsigned = (header: object, signature = "") =>
  `${base64url.encode(JSON.stringify(header))}.${base64url.encode(JSON.stringify(CLAIMS))}.${signature}`;
const kid = assertionKeyId(CURRENT);
const [header, payload, mac] = signed().split(".") as [string, string, string];

async function cases(): Promise<[name: string, assertion: string, status: number][]> {
  const jwt = (claims: JWTPayload, alg = "HS256") =>
    new SignJWT(claims).setProtectedHeader({ alg, kid }).sign(new TextEncoder().encode(CURRENT));
  return [
    ["signed by the gate", await signedByGate(CURRENT), 200],
    ["signed with the next key, as while keys rotate", await signedByGate(NEXT), 200],
    ["missing", "", 401],
    ["expired", signed(CURRENT, NOW - 3600), 401],
    ["expired for longer than clocks differ", signed(CURRENT, NOW - 60 - 15), 401],
    ["of another gateway", await signedByGate(CURRENT, "evil.example.com"), 401],
    ["for another audience", await signedByGate(CURRENT, "other audience"), 401],
    ["signed with an unknown key", await signedByGate(STRANGER), 401],
    ["signed with a wrong key under a known ID", `${header}.${payload}.${hmac(STRANGER, `${header}.${payload}`)}`, 401],
    ["with the algorithm none", unsigned({ alg: "none" }), 401],
    ["with the algorithm none and the ID of a key", unsigned({ alg: "none", kid }), 401],
    ["with the algorithm None", unsigned({ alg: "None", kid }), 401],
    ["with an empty signature", `${header}.${payload}.`, 401],
    ["with half of a signature", `${header}.${payload}.${mac.slice(0, 22)}`, 401],
    ["with other claims under the signature", `${header}.${base64url.encode(JSON.stringify(CLAIMS))}.${mac}`, 401],
    ["with another algorithm", await jwt(CLAIMS, "HS512"), 401],
    ["without an end", await jwt({ ...CLAIMS, exp: undefined as unknown as number }), 401],
    ["without a user", await jwt({ ...CLAIMS, sub: undefined as unknown as string }), 401],
    ["no token", "a.b.c", 401],
    ["text", "alice", 401],
  ];
}

const folder = mkdtempSync(join(tmpdir(), "edgegate-origin-assertion-"));
afterAll(() => rmSync(folder, { recursive: true }));

/** Runs a program that reads `{ assertions, secret, issuer, audience }` and prints the statuses. */
function run(command: string, args: string[], cwd = ROOT): number[] {
  return json(command, args, cwd) as number[];
}

function json(command: string, args: string[], cwd: string): unknown {
  return JSON.parse(output(command, args, cwd));
}

function output(command: string, args: string[], cwd: string): string {
  const { stdout, stderr, status } = spawnSync(command, args, {
    cwd,
    encoding: "utf8",
    env: { ...process.env, GOFLAGS: "-mod=mod" },
  });
  if (status !== 0) throw new Error(stderr || stdout);
  return stdout;
}

async function expectStatuses(run: (input: string) => number[] | Promise<number[]>): Promise<void> {
  const all = await cases();
  const input = {
    assertions: all.map(([, assertion]) => assertion),
    secret: SECRET,
    issuer: ISSUER,
    audience: AUDIENCE,
  };
  const statuses = await run(JSON.stringify(input));
  expect(all.map(([name], i) => [name, statuses[i]])).toEqual(all.map(([name, , status]) => [name, status]));
}

const node = (program: string) => (input: string) =>
  run(process.execPath, ["--input-type=module", "-e", program, input]);
const OPTIONS = "{ read: async () => secret, issuer, audience }";
const INPUT = "const { assertions, secret, issuer, audience } = JSON.parse(process.argv[1]);";

test("Express", () =>
  expectStatuses(
    node(`
import express from "express";
import { onlyAsserted } from ${JSON.stringify(join(DOCS, "express.mjs"))};
${INPUT}
const app = express();
app.use(onlyAsserted(${OPTIONS}));
app.get("/", (request, response) => response.sendStatus(request.user.sub === "alice00000000001" ? 200 : 500));
const server = app.listen(0, "127.0.0.1", async () => {
  const statuses = [];
  for (const assertion of assertions) {
    const headers = assertion === "" ? {} : { "x-gate-assertion": assertion };
    statuses.push((await fetch("http://127.0.0.1:" + server.address().port, { headers })).status);
  }
  console.log(JSON.stringify(statuses));
  process.exit();
});`),
  ));

test("Hono", () =>
  expectStatuses(
    node(`
import { Hono } from "hono";
import { onlyAsserted } from ${JSON.stringify(join(DOCS, "hono.mjs"))};
${INPUT}
const app = new Hono();
app.use(onlyAsserted(${OPTIONS}));
app.get("/", (context) => context.text("", context.get("user").sub === "alice00000000001" ? 200 : 500));
const statuses = [];
for (const assertion of assertions) {
  const headers = assertion === "" ? {} : { "x-gate-assertion": assertion };
  statuses.push((await app.request("/", { headers })).status);
}
console.log(JSON.stringify(statuses));`),
  ));

test("a server in Node.js reads the keys again for one that it does not know, but not at every request", async () => {
  const program = `
import { assertions } from ${JSON.stringify(join(DOCS, "verify.mjs"))};
const { texts, sent, issuer, audience } = JSON.parse(process.argv[1]);
let [reads, now] = [0, Date.now()];
Date.now = () => now;
const verify = assertions({ read: async () => { reads++; if (!texts[0]) throw new Error("throttled"); return texts.length > 1 ? texts.shift() : texts[0]; }, issuer, audience });
const outcomes = [];
for (const one of sent) { now += 11_000; outcomes.push(await verify(one).then(() => true, () => false)); }
for (let i = 0; i < 20; i++) { now += 100; await verify(sent[0].replace(/^[^.]+/, "eyJhbGciOiJIUzI1NiIsImtpZCI6IngifQ")).catch(() => undefined); }
console.log(JSON.stringify([outcomes, reads]));`;
  const later = formatAssertionKeys([NEXT, STRANGER]);
  const input = JSON.stringify({
    texts: [SECRET, later],
    sent: [signed(), signed(NEXT), signed(STRANGER)],
    issuer: ISSUER,
    audience: AUDIENCE,
  });
  const [outcomes, reads] = json(process.execPath, ["--input-type=module", "-e", program, input], ROOT) as [
    boolean[],
    number,
  ];
  expect(outcomes).toEqual([true, true, true]);
  // One at first, one for the key that was unknown, and none for the flood within the pause.
  expect(reads).toBe(2);
});

describeWith("go", "Go", (go) => {
  test("the standard library", () => {
    const module = mkdtempSync(join(folder, "go-"));
    cpSync(join(DOCS, "assertion.go"), join(module, "assertion/assertion.go"));
    writeFileSync(join(module, "go.mod"), "module example.com/wiki\n\ngo 1.22\n");
    writeFileSync(
      join(module, "main.go"),
      `package main

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"

	"example.com/wiki/assertion"
)

func main() {
	var input struct {
		Assertions               []string
		Secret, Issuer, Audience string
	}
	if err := json.Unmarshal([]byte(os.Args[1]), &input); err != nil {
		panic(err)
	}
	verifier := assertion.Verifier{Issuer: input.Issuer, Audience: input.Audience, Keys: func() (string, error) { return input.Secret, nil }}
	handler := verifier.Only(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if assertion.UserOf(r).ID != "alice00000000001" {
			w.WriteHeader(500)
		}
	}))
	statuses := []int{}
	for _, one := range input.Assertions {
		request := httptest.NewRequest("GET", "/", nil)
		if one != "" {
			request.Header.Set("X-Gate-Assertion", one)
		}
		recorder := httptest.NewRecorder()
		handler.ServeHTTP(recorder, request)
		statuses = append(statuses, recorder.Code)
	}
	text, _ := json.Marshal(statuses)
	fmt.Println(string(text))
}
`,
    );
    return expectStatuses((input) => run(go, ["run", ".", input], module));
  });
});

describeWith("njs", "njs", (njs) => {
  test("the script of nginx", () =>
    expectStatuses((input) => {
      const file = join(folder, "nginx.js");
      writeFileSync(
        file,
        `import assertion from ${JSON.stringify(join(DOCS, "nginx.js"))};
const input = JSON.parse(process.argv[2]);
const statusOf = (one) => {
  const claims = assertion.verify(one, input.secret, input.issuer, input.audience, Date.now() / 1000);
  return !claims ? 401 : claims.sub === "alice00000000001" ? 200 : 500;
};
console.log(JSON.stringify(input.assertions.map(statusOf)));`,
      );
      return run(njs, [file, input], folder);
    }));
});

describeWithNginx("nginx", (nginx, module) => {
  test("the configuration and the script, in front of an application", async () => {
    const [, inHttp, inServer, inLocation] = readFileSync(join(DOCS, "nginx.conf"), "utf8").split(
      /^# (?:In the http block|In the server block|Where requests go on).*\n/m,
    );
    const prefix = mkdtempSync(join(folder, "nginx-"));
    const here = (text: string) => text.replaceAll("/etc/nginx/", `${prefix}/`);
    writeFileSync(join(prefix, "assertion.js"), here(readFileSync(join(DOCS, "nginx.js"), "utf8")));
    writeFileSync(join(prefix, "assertion-keys.json"), SECRET);
    const application = createServer(({ headers }, response) => {
      response.writeHead(headers["x-user"] === "alice00000000001" ? 200 : 500).end();
    });
    await new Promise<void>((done) => application.listen(0, "127.0.0.1", done));
    const port = await freePort();
    const folders = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"].map((name) => `${name}_temp_path ${prefix};`);
    writeFileSync(
      join(prefix, "nginx.conf"),
      `load_module ${module}; daemon off; master_process off; pid ${prefix}/pid; events {}
http { access_log off; ${folders.join(" ")}
${here(inHttp!)}
server { listen 127.0.0.1:${port};
${inServer!}
location / { ${inLocation!}
proxy_pass http://127.0.0.1:${(application.address() as AddressInfo).port}; } } }`,
    );
    const server = spawn(nginx, ["-p", prefix, "-c", "nginx.conf", "-e", "stderr"]);
    try {
      const url = `http://127.0.0.1:${port}/`;
      await untilUp(
        "nginx",
        url,
        ({ status }) => status === 401,
        () => server.exitCode !== null,
      );
      await expectStatuses(async (input) => {
        const statuses: number[] = [];
        for (const assertion of (JSON.parse(input) as { assertions: string[] }).assertions) {
          // A viewer says who it is, too.
          const headers = { "x-user": "alice00000000001", ...(assertion && { "x-gate-assertion": assertion }) };
          statuses.push((await fetch(url, { headers })).status);
        }
        return statuses;
      });
    } finally {
      server.kill();
      application.close();
    }
  });
});

describeWith("mvn", "Maven", (mvn) => {
  describeWith("javac", "Spring", (javac) => {
    // In Maven's repository after the first time.
    const classes = mkdtempSync(join(folder, "spring-"));
    const pom = join(__dirname, "spring/pom.xml");
    let classpath: string;
    beforeAll(() => {
      const list = join(classes, "classpath");
      const args = ["--quiet", "--batch-mode", "--file", pom, "dependency:build-classpath"];
      output(mvn, [...args, `-Dmdep.outputFile=${list}`], classes);
      classpath = `${classes}:${readFileSync(list, "utf8").trim()}`;
      const sources = [join(DOCS, "GatewaySecurity.java"), join(__dirname, "spring/Requests.java")];
      output(javac, ["-proc:none", "-d", classes, "-cp", classpath, ...sources], classes);
    });
    const java = (input: object) =>
      run("java", ["-cp", classpath, "Requests", JSON.stringify({ secrets: [SECRET], ...input })], classes);

    test("the filters of Spring Security", () => expectStatuses((input) => java(JSON.parse(input) as object)));

    test("read the keys again for one that they do not know", () => {
      const secrets = [SECRET, formatAssertionKeys([NEXT, STRANGER])];
      const unknown = Array.from({ length: 5 }, () => signed("u".repeat(43)));
      const assertions = [signed(), signed(NEXT), signed(STRANGER), ...unknown, signed(STRANGER)];
      const statuses = java({ secrets, assertions, issuer: ISSUER, audience: AUDIENCE });
      // A flood of unknown keys is refused, and is no error of the server.
      expect(statuses).toEqual([200, 200, 200, 401, 401, 401, 401, 401, 200]);
    });
  });
});
