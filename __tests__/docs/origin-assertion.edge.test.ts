/** What docs/origin-assertion has for servers, run as servers run it: who gets in, and who does not. */
import { spawnSync } from "node:child_process";
import { cpSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { base64url, SignJWT, type JWTPayload } from "jose";
import { assertionPayload, assertionStart } from "../../session/assertion";
import { assertionKeyId, assertionRecord, formatAssertionKeys } from "../../session/assertion-keys";
import { hmac } from "../../session/node-hash";
import { describeWith } from "../support/tools";

const ROOT = join(__dirname, "../..");
const DOCS = join(ROOT, "docs/origin-assertion");
const ISSUER = "https://wiki.example.com";
const AUDIENCE = "https://wiki-origin.example.com";
const [CURRENT, NEXT, STRANGER] = ["c", "n", "s"].map((character) => character.repeat(43)) as [string, string, string];
const SECRET = formatAssertionKeys([CURRENT, NEXT]);
const NOW = Math.floor(Date.now() / 1000);
const SESSION = ["alice00000000001", "AliceSession0001", "", "", "", "", "", "s0a1b2", "main", "", "staff", ""];

/** As the gate signs it. */
function signed(key = CURRENT, now = NOW, host = "wiki.example.com", audience = AUDIENCE): string {
  const [header, secret] = assertionRecord(key).split(".");
  const payload = assertionPayload(assertionStart(host, audience), SESSION, now);
  const text = `${header}.${base64url.encode(payload)}`;
  return `${text}.${hmac(secret!, text)}`;
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
    ["signed by the gate", signed(), 200],
    ["signed with the next key", signed(NEXT), 200],
    ["missing", "", 401],
    ["expired", signed(CURRENT, NOW - 3600), 401],
    ["of another gateway", signed(CURRENT, NOW, "evil.example.com"), 401],
    ["for another audience", signed(CURRENT, NOW, "wiki.example.com", "https://other.example.com"), 401],
    ["signed with an unknown key", signed(STRANGER), 401],
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
  const { stdout, stderr, status } = spawnSync(command, args, {
    cwd,
    encoding: "utf8",
    env: { ...process.env, GOFLAGS: "-mod=mod" },
  });
  if (status !== 0) throw new Error(stderr);
  return JSON.parse(stdout);
}

async function expectStatuses(run: (input: string) => number[]): Promise<void> {
  const all = await cases();
  const input = {
    assertions: all.map(([, assertion]) => assertion),
    secret: SECRET,
    issuer: ISSUER,
    audience: AUDIENCE,
  };
  const statuses = run(JSON.stringify(input));
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

describeWith("njs", "nginx", (njs) => {
  test("the script, in njs", () =>
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
