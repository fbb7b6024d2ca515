/**
 * `edgegate events` against a transmitter that pushes to the local edge: the shipped handler records what arrives, and
 * the command finds it in the ledger.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { configSchema } from "../../config/schema";
import { announcements } from "../../local/announcement";
import { withForeignProvider } from "../../local/local-config";
import type { LocalEdge } from "../../local/local-edge";
import { edgegate, type Run, type RunOptions } from "../support/cli";
import { localhostCertificate } from "../support/certificates";
import { createSigningKey } from "../support/idp/keys";
import { startTestEdge, TEST_CONFIG } from "../support/local-edge";
import type { Behavior } from "../support/ssf-behavior";
import { ACCESS_TOKEN, startSsfTransmitter, type SsfTransmitter } from "../support/ssf-transmitter";

const CAEP = "https://schemas.openid.net/secevent/caep/event-type/";
const RISC = "https://schemas.openid.net/secevent/risc/event-type/";
const ALWAYS = [
  `${CAEP}session-revoked`,
  `${CAEP}credential-change`,
  `${RISC}account-disabled`,
  `${RISC}account-purged`,
  `${RISC}sessions-revoked`,
];
const ALL = [
  ...ALWAYS,
  `${CAEP}device-compliance-change`,
  `${CAEP}token-claims-change`,
  `${RISC}account-credential-change-required`,
];
const AUDIENCE = "https://app.example.com";
/** By ID in the config: the issuer's path. */
const PATHS = { corp: "/tenants/corp", bare: "", unsigned: "/t/unsigned", silent: "/t/silent", other: "/t/other" };

let edge: LocalEdge;
let transmitter: SsfTransmitter;
let folder: string;
let caFile: string;
let local: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "edgegate-events-"));
  caFile = join(folder, "ca.pem");
  const certificate = await localhostCertificate();
  writeFileSync(caFile, certificate.cert);
  transmitter = await startSsfTransmitter(certificate, () => readFileSync(edge.caFile, "utf8"));
  const eventTransmitters = Object.fromEntries(
    Object.entries(PATHS).map(([id, path]) => {
      const issuer = transmitter.url + path;
      return [id, { issuer, audience: AUDIENCE, jwksUri: `${issuer}/jwks` }];
    }),
  );
  const on = { "device-compliance-change": "revoke", "token-claims-change": "ignore" };
  const config = configSchema.parse({
    ...TEST_CONFIG,
    eventTransmitters: { ...eventTransmitters, corp: { ...eventTransmitters["corp"], on } },
  });
  // Handlers are restarted while the edge runs, so it stays set until the edge ends.
  process.env["NODE_EXTRA_CA_CERTS"] = caFile;
  edge = await startTestEdge(withForeignProvider(config, { issuer: transmitter.url, clientId: "edgegate-test" }));
  local = `--local=${new URL(edge.url).port}`;
});
afterAll(async () => {
  delete process.env["NODE_EXTRA_CA_CERTS"];
  await edge?.close();
  await transmitter?.close();
  rmSync(folder, { recursive: true });
});

beforeEach(() => {
  transmitter.requests.length = 0;
  transmitter.pushes.length = 0;
  for (const path of Object.values(PATHS)) behave({}, path);
});

function behave(changes: Partial<Behavior>, path: string = PATHS.corp): Behavior {
  return transmitter.set(path, { supported: ALL, audience: AUDIENCE, ...changes });
}

function run(args: string[], options: RunOptions = {}): Promise<Run> {
  return edgegate(["events", ...args, local], {
    input: `${ACCESS_TOKEN}\n`,
    ...options,
    env: { NODE_EXTRA_CA_CERTS: caFile, ...options.env },
  });
}

async function done(args: string[], options?: RunOptions): Promise<string> {
  const { code, stdout, stderr } = await run(args, options);
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  return stdout;
}

async function expectFailure(args: string[], code: number, told: string[], options?: RunOptions): Promise<void> {
  const { stderr, ...result } = await run(args, options);
  expect({ code: result.code, stdout: result.stdout }).toEqual({ code, stdout: "" });
  for (const text of told) expect(stderr).toContain(text);
  expect(stderr).not.toContain(ACCESS_TOKEN);
}

const endpoint = (id = "corp") => `${edge.url}/_gate/events/${id}`;
const streamsOf = (path: string = PATHS.corp) => transmitter.streams.get(path)!;
/** What was asked of the transmitter by writing. */
const writes = () => transmitter.requests.filter(({ line }) => !line.startsWith("GET"));

describe("register", () => {
  test("creates a stream of the events that the config acts upon, and sees a verification event arrive", async () => {
    const stdout = await done(["register", "corp"]);
    const [stream] = streamsOf();
    expect(stdout).toContain("corp pushes security events to this gateway\n");
    expect(stdout).toMatch(new RegExp(`stream +${stream!.stream_id}\n +endpoint +${endpoint()}\n`));
    expect(stdout).toContain("verified  yes, an event that was asked for just now has arrived");
    expect(stdout).toContain("CAEP device-compliance-change");
    expect(stdout).not.toContain("CAEP token-claims-change");
    expect(transmitter.pushes).toEqual([202]);
    expect(streamsOf()).toHaveLength(1);
    expect(writes()[0]!.body).toEqual({
      delivery: { method: "urn:ietf:rfc:8935", endpoint_url: endpoint() },
      events_requested: expect.any(Array) as unknown,
    });
    expect([...stream!.events_requested].sort()).toEqual([...ALWAYS, `${CAEP}device-compliance-change`].sort());
    expect(transmitter.requests.filter(({ line }) => line.includes("well-known"))[0]).toEqual({
      line: "GET /.well-known/ssf-configuration/tenants/corp",
      body: undefined,
      authorization: undefined,
    });
  });

  test("tells programs", async () => {
    expect(JSON.parse(await done(["register", "corp", "--json"]))).toEqual({
      transmitter: "corp",
      stream: streamsOf()[0]!.stream_id,
      isNew: true,
      endpoint: endpoint(),
      delivers: expect.arrayContaining(ALWAYS) as unknown,
      undelivered: [],
      sendsAllSubjects: true,
      verification: "arrived",
    });
  });

  test("updates the stream if there is one, and asks for nothing that the config ignores", async () => {
    await done(["register", "bare"]);
    const [stream] = streamsOf(PATHS.bare);
    stream!.events_requested = [];
    streamsOf(PATHS.bare).unshift({
      stream_id: "another",
      delivery: { method: "urn:ietf:rfc:8935", endpoint_url: "https://other.example.com/events" },
      events_requested: [],
    });
    const stdout = await done(["register", "bare"]);
    expect(stdout).toContain("bare still pushes security events to this gateway\n");
    expect(streamsOf(PATHS.bare)).toHaveLength(2);
    expect([...streamsOf(PATHS.bare)[1]!.events_requested].sort()).toEqual([...ALWAYS].sort());
    expect(streamsOf(PATHS.bare)[0]!.events_requested).toEqual([]);
  });

  test("works with one stream for each client, as at Okta", async () => {
    behave({ oneStream: true, maxStreams: 1, stream: { events_delivered: undefined } });
    await done(["register", "corp"]);
    await done(["register", "corp"]);
    expect(streamsOf()).toHaveLength(1);
  });

  test("updates a stream that somebody else created in that moment", async () => {
    await done(["register", "corp"]);
    const streams = streamsOf();
    behave({ maxStreams: 1, listsAfter: 1 });
    streamsOf().push(...streams);
    expect(await done(["register", "corp"])).toContain("corp still pushes");
    expect(writes().map(({ line }) => line)).toContain("PATCH /tenants/corp/streams");
    expect(streamsOf()).toHaveLength(1);
  });

  test("believes a transmitter that will update the stream later", async () => {
    await done(["register", "corp"]);
    const streams = streamsOf();
    behave({ statuses: { "PATCH streams": 202 } });
    streamsOf().push(...streams);
    expect(await done(["register", "corp"])).toContain(streams[0]!.stream_id);
  });

  test("finds a configuration behind the issuer's path, as Keycloak may have it", async () => {
    behave({ wellKnownAppended: true });
    await done(["register", "corp"]);
  });

  test("resumes a stream that was paused", async () => {
    const behavior = behave({ status: "paused" });
    await done(["register", "corp"]);
    expect(behavior.status).toBe("enabled");
  });

  test("leaves the status of an enabled stream alone", async () => {
    await done(["register", "corp"]);
    expect(writes().map(({ line }) => line)).toEqual(["POST /tenants/corp/streams", "POST /tenants/corp/verify"]);
  });

  test("says which events the transmitter does not offer", async () => {
    behave({ supported: [`${CAEP}session-revoked`] });
    const stdout = await done(["register", "corp"]);
    expect(stdout).toMatch(/delivers +CAEP session-revoked\n/);
    expect(stdout).toMatch(
      /not offered +CAEP credential-change\n +CAEP device-compliance-change\n +RISC account-disabled\n/,
    );
  });

  test("says that users have to be added, where the transmitter sends events about none", async () => {
    behave({ metadata: { default_subjects: "NONE" } });
    expect(await done(["register", "corp"])).toContain("only about users who were added there");
  });

  test("says that nothing was verified, where the transmitter does not offer it", async () => {
    behave({ metadata: { verification_endpoint: undefined, status_endpoint: undefined } });
    expect(await done(["register", "corp"])).toContain("no: the transmitter has no verification_endpoint");
    expect(transmitter.pushes).toEqual([]);
  });

  test("reads the token from a file, and shows it nowhere", async () => {
    const file = join(folder, "access-token.txt");
    writeFileSync(file, `${ACCESS_TOKEN}\n`);
    const stdout = await done(["register", "corp", "--token-file", file], { input: "" });
    expect(stdout).not.toContain(ACCESS_TOKEN);
    expect(edge.logs()).not.toContain(ACCESS_TOKEN);
  });
});

describe("register refuses before it writes anything", () => {
  const REFUSALS: [name: string, changes: () => Partial<Behavior>, code: number, told: string[]][] = [
    [
      "another issuer than the config's",
      () => ({ metadata: { issuer: "https://evil.example" } }),
      2,
      ["eventTransmitters.corp.issuer is", 'write issuer: "https://evil.example" if that is right'],
    ],
    [
      "another key set than the config's",
      () => ({ metadata: { jwks_uri: `${transmitter.url}/other` } }),
      2,
      ["eventTransmitters.corp.jwksUri is", 'write jwksUri: "https://localhost:'],
    ],
    ["no key set", () => ({ metadata: { jwks_uri: undefined } }), 2, ["but missing in the transmitter's"]],
    [
      "a transmitter that does not push",
      () => ({ metadata: { delivery_methods_supported: ["urn:ietf:rfc:8936"] } }),
      1,
      ["corp does not push events", "urn:ietf:rfc:8935"],
    ],
    [
      "a transmitter without an API for streams",
      () => ({ metadata: { configuration_endpoint: undefined } }),
      1,
      ["corp has no configuration_endpoint", "create the stream in its own console, with the address https://app."],
    ],
    ...["configuration", "status", "verification"].map((name): (typeof REFUSALS)[number] => [
      `a ${name} endpoint without TLS`,
      () => ({ metadata: { [`${name}_endpoint`]: transmitter.url.replace("https:", "http:") } }),
      1,
      [`the ${name}_endpoint of corp is not an https URL`],
    ]),
    [
      "an endpoint that is not a URL",
      () => ({ metadata: { configuration_endpoint: "/streams" } }),
      1,
      ["the configuration_endpoint of corp is not an https URL"],
    ],
    [
      "a configuration that is not there",
      () => ({ statuses: { "GET configuration": 404 } }),
      1,
      ["the configuration of corp cannot be read", "answers with 404", "check eventTransmitters.corp.issuer"],
    ],
  ];
  test.each(REFUSALS)("%s", async (_name, changes, code, told) => {
    behave(changes());
    await expectFailure(["register", "corp"], code, told);
    expect(writes()).toEqual([]);
    // Nobody sees the token who is not the transmitter of the config.
    expect(transmitter.requests.filter(({ authorization }) => authorization !== undefined)).toEqual([]);
  });

  test.each([
    ["another", ["events", "register", "another"], ACCESS_TOKEN, "write one of corp, bare"],
    ["a name that every object has", ["events", "register", "constructor"], ACCESS_TOKEN, "write one of corp"],
    ["an empty token", ["events", "register", "corp"], "\n", "the access token is empty"],
    ["a token with its scheme", ["events", "register", "corp"], `Bearer ${ACCESS_TOKEN}`, 'without "Bearer"'],
    ["a token on two lines", ["events", "register", "corp"], `abc\ndef`, "this is not an access token"],
  ])("%s", async (_name, args, input, told) => {
    await expectFailure(args.slice(1), 2, [told], { input });
    expect(transmitter.requests.filter(({ authorization }) => authorization !== undefined)).toEqual([]);
  });

  test("a transmitter whose certificate nobody knows", async () => {
    await expectFailure(["register", "corp"], 1, ["does not answer (", "NODE_EXTRA_CA_CERTS"], {
      env: { NODE_EXTRA_CA_CERTS: "" },
    });
  });
});

describe("register says what is wrong with", () => {
  test.each([
    [400, "Valid push URLs"],
    [401, "get a new access token"],
    [403, "ssf.manage"],
    [429, "wait a minute"],
    [302, "ask the transmitter's operator"],
    [500, "ask the transmitter's operator"],
  ])("an answer of %d", async (status, told) => {
    behave({ statuses: { "POST streams": status } });
    await expectFailure(["register", "corp"], 1, [`corp did not create the stream: it answers with ${status}`, told]);
    expect(transmitter.requests.filter(({ line }) => line.includes("elsewhere"))).toEqual([]);
  });

  test("an access token that the transmitter does not know", async () => {
    await expectFailure(["register", "corp"], 1, ["it answers with 401"], { input: "another-token" });
  });

  test("a client whose only stream pushes elsewhere", async () => {
    behave({ maxStreams: 1 });
    streamsOf().push({
      stream_id: "stream-of-another",
      delivery: { method: "urn:ietf:rfc:8935", endpoint_url: "https://other.example.com/events" },
      events_requested: [],
    });
    await expectFailure(["register", "corp"], 1, [
      "and its stream stream-of-another pushes to https://other.example.com/events",
    ]);
    expect(streamsOf()).toHaveLength(1);
  });

  test("an audience that the config does not have", async () => {
    behave({ audience: "https://chosen.example.com" });
    await expectFailure(["register", "corp"], 1, [
      "corp chose another audience than eventTransmitters.corp.audience",
      'write audience: "https://chosen.example.com", deploy, and run the command again',
    ]);
    expect(transmitter.pushes).toEqual([]);
  });

  test("tokens of another issuer", async () => {
    behave({ stream: { iss: "https://evil.example" } });
    await expectFailure(["register", "corp"], 1, ["will name another issuer", "https://evil.example"]);
  });

  test("a stream that delivers nothing", async () => {
    behave({ supported: [] });
    await expectFailure(["register", "corp"], 1, ["corp delivers none of the events that the gateway acts upon"]);
  });

  test("an answer that is not a stream", async () => {
    behave({ stream: { stream_id: undefined } });
    await expectFailure(["register", "corp"], 1, ["the answer of corp is not a stream"]);
  });

  test("verification events that are refused, that do not come, or that come with another state", async () => {
    const stranger = await createSigningKey("ES256", "ssf-1");
    behave({ verification: ({ state }) => ({ state, key: stranger }) }, PATHS.unsigned);
    behave({ verification: () => undefined }, PATHS.silent);
    behave({ verification: () => ({ state: `edgegate-${"x".repeat(32)}` }) }, PATHS.other);
    // Each of them waits for a minute.
    await Promise.all(
      ["unsigned", "silent", "other"].map((id) =>
        expectFailure(["register", id], 1, [
          "but its verification event did not arrive within a minute",
          `nothing reached ${endpoint(id)}`,
        ]),
      ),
    );
    expect([...transmitter.pushes].sort()).toEqual([202, 400]);
  });
});

test("register explains a failure of AWS: the ledger of the config is not there", async () => {
  const config = join(folder, "gateway.config.ts");
  const issuer = transmitter.url;
  const eventTransmitters = { bare: { issuer, audience: AUDIENCE, jwksUri: `${issuer}/jwks` } };
  const elsewhere = { ...TEST_CONFIG, name: "elsewhere", hostedZoneId: "Z0123456789ABCDEFGHIJ", eventTransmitters };
  writeFileSync(config, `export default ${JSON.stringify(elsewhere)};`);
  behave({ verification: () => undefined }, PATHS.bare);
  const { accessKeyId, secretAccessKey } = announcements().find(({ url }) => url === edge.url)!.credentials;
  const { code, stdout, stderr } = await edgegate(["events", "register", "bare", "--config", config], {
    input: ACCESS_TOKEN,
    env: {
      NODE_EXTRA_CA_CERTS: caFile,
      AWS_ENDPOINT_URL: edge.aws.endpoint,
      AWS_ACCESS_KEY_ID: accessKeyId,
      AWS_SECRET_ACCESS_KEY: secretAccessKey,
    },
  });
  expect({ code, stdout }).toEqual({ code: 4, stdout: "" });
  expect(stderr).toContain("there is no table elsewhere-sessions in this account in us-east-1");
});

describe("status and remove", () => {
  test("show the stream, and delete it", async () => {
    await done(["register", "corp"]);
    const [stream] = streamsOf();
    const status = await done(["status", "corp"]);
    expect(status).toContain("corp has a stream to this gateway\n");
    expect(status).toMatch(new RegExp(`status +enabled\n +stream +${stream!.stream_id}\n`));
    expect(JSON.parse(await done(["status", "corp", "--json"]))).toMatchObject({
      stream: stream!.stream_id,
      status: "enabled",
      undelivered: [],
    });
    await expectFailure(["remove", "corp"], 3, ["add --yes if you mean it"]);
    expect(streamsOf()).toHaveLength(1);
    expect(await done(["remove", "corp", "--yes"])).toContain(`${stream!.stream_id} is deleted`);
    expect(streamsOf()).toEqual([]);
    for (const args of [
      ["status", "corp"],
      ["remove", "corp", "--yes"],
    ])
      await expectFailure(args, 4, [
        "corp has no stream of this client that pushes to",
        "edgegate events register corp",
      ]);
  });

  test("remove leaves other streams alone", async () => {
    await done(["register", "corp"]);
    const other = {
      stream_id: "stream-of-another",
      delivery: { method: "urn:ietf:rfc:8935", endpoint_url: "https://other.example.com/events" },
      events_requested: [],
    };
    streamsOf().unshift(other);
    await done(["remove", "corp", "--yes"]);
    expect(streamsOf()).toEqual([other]);
  });
});
