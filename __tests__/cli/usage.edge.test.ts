import { spawnSync } from "node:child_process";
import { edgegate, EDGEGATE } from "../support/cli";

const UID = "AAAAAAAAAAAAAAAA";

describe("a mistake on the command line ends with 2 and says what to write", () => {
  const MISTAKES: [args: string[], told: string][] = [
    [[], "Usage: edgegate"],
    [["revoke"], "Usage: edgegate revoke"],
    [["sesions"], "Did you mean sessions?"],
    [["sessions", "--usr", "x"], "Did you mean --user?"],
    ...["sessions", "revoke session", "store check", "secrets put"].map((command): [string[], string] => [
      [...command.split(" "), "--yes"],
      "unknown option '--yes'",
    ]),
    ...["sessions", "rotate-keys", "store check", "store rebuild", "secrets put"].map((command): [string[], string] => [
      [...command.split(" "), "--reason", "laptop stolen"],
      "unknown option '--reason'",
    ]),
    [["sessions", "--limit", "0"], "write a number from 1 to 1000"],
    [["sessions", "--limit", "many"], "write a number from 1 to 1000"],
    [["sessions", "--user", "alice b"], "write an e-mail address, a user name, or the 16 characters of a uid"],
    [["sessions", "--all"], "--all goes with --user"],
    [["sessions", "more"], "too many arguments"],
    [["bench", "lod"], "Allowed choices are load"],
    [["sessions", "--local", "more"], "too many arguments"],
    [["revoke", "session"], "missing required argument 'sid'"],
    [["revoke", "session", "-abc"], "unknown option '-abc'"],
    [["revoke", "session", "abc"], '"abc" is not a session ID'],
    [["revoke", "user", "--yes"], "name the user once"],
    [["revoke", "user", "--issuer", "https://login.example.com", "--yes"], "both --issuer and --subject"],
    [["revoke", "user", UID, "--issuer", "https://login.example.com", "--subject", "1", "--yes"], "name the user once"],
    [["revoke", "user", UID, "--reason", ""], "write 1 to 500 characters"],
    [["revoke", "user", UID, "--reason", "x".repeat(501)], "write 1 to 500 characters"],
    [["token"], "Usage: edgegate token"],
    [["token", "create", "--description", "x"], "required option '--expires <time>' not specified"],
    [["token", "create", "--expires", "90d"], "required option '--description <text>' not specified"],
    ...["15m", "367d", "forever", "0d"].map((time): [string[], string] => [
      ["token", "create", "--description", "x", "--expires", time],
      'write how long it is valid, such as "12h" or "90d"; at most "366d"',
    ]),
    [["token", "create", "--expires", "90d", "--description", " "], "write 1 to 200 characters"],
    [["token", "create", "--expires", "90d", "--description", "x", "--scope", "a b"], "write one scope without spaces"],
    [["token", "create", "--expires", "90d", "--description", "x", "--claim", "plan"], "write the name of a claim"],
    [["token", "revoke"], "missing required argument 'id'"],
    [["token", "revoke", "abc"], "this is not the ID of a service token"],
    [["secrets", "put", "other"], "write one of main"],
    [["secrets", "put", "constructor"], "write one of main"],
    [["secrets", "put", "main"], "the secret is empty"],
    [["secrets", "put", "main", "--file", "/nowhere/secret.txt"], "/nowhere/secret.txt cannot be read (ENOENT)"],
    [["sessions", "--config", "none.ts"], "there is no such file"],
    [["sessions", "--config", "config/example.ts", "--local"], "leave --config out"],
    [["lockdown", "--local=http"], "write a port"],
    [["sessions", "--local", "8443"], "write --local=8443"],
    [["secrets", "put", "--local", "8443"], "write --local=8443"],
  ];

  test.each(MISTAKES.map(([args, told]) => [args.join(" ").slice(0, 60), args, told] as const))(
    "edgegate %s",
    async (_, args, told) => {
      const { code, stdout, stderr } = await edgegate(args);
      expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
      expect(stderr).toContain(told);
    },
  );
});

test("a public client has no secret to put", async () => {
  const { code, stderr } = await edgegate(["secrets", "put", "main", "--config", "examples/minimal.ts"], {
    input: "s3cret-s3cret",
  });
  expect(code).toBe(2);
  expect(stderr).toContain("main is a public client");
});

test.each([
  ["two lines", "first\nsecond\n"],
  ["a character that no client secret has", "geheim\u00e4"],
])("a secret with %s is refused and not shown", async (_, input) => {
  const { code, stdout, stderr } = await edgegate(["secrets", "put", "main"], { input });
  expect([code, stdout]).toEqual([2, ""]);
  expect(stderr).toContain("RFC 6749");
  expect(stderr).not.toMatch(/first|second|geheim/);
});

test("with --json a mistake is reported as JSON, and nothing else is written", async () => {
  const { code, stdout, stderr } = await edgegate(["sessions", "--user", "alice b", "--json"]);
  expect({ code, stderr }).toEqual({ code: 2, stderr: "" });
  expect(JSON.parse(stdout)).toEqual({
    error: { code: "usage", message: '"alice b" is not a user', hint: expect.stringContaining("e-mail address") },
  });
});

test("edgegate rotate-assertion-key says what to write where nothing gets assertions", async () => {
  const { code, stderr } = await edgegate(["rotate-assertion-key", "--yes"]);
  expect(code).toBe(2);
  expect(stderr).toContain("write assertion: { audience:");
});

test.each(["lockdown", "rotate-keys", "rotate-origin-secret", "store rebuild"])(
  "edgegate %s is refused without a terminal and without --yes",
  async (command) => {
    const { code, stdout, stderr } = await edgegate(command.split(" "));
    expect({ code, stdout }).toEqual({ code: 3, stdout: "" });
    expect(stderr).toContain("add --yes if you mean it");
  },
);

test("--help documents every exit code", async () => {
  const { code, stdout } = await edgegate(["--help"]);
  expect(code).toBe(0);
  expect([...stdout.matchAll(/^ {2}(\d) {2}\S/gm)].map(([, exit]) => exit)).toEqual([
    "0",
    "1",
    "2",
    "3",
    "4",
    "5",
    "6",
    "7",
  ]);
});

/** @param target where the shell sends the output @returns the exit code, and what is on stderr before it */
function helpTo(target: string): string {
  return spawnSync("sh", ["-c", `{ "$0" "$1" --help; echo "$?" >&2; } ${target}`, process.execPath, EDGEGATE], {
    encoding: "utf8",
  }).stderr;
}

test("a reader that goes away, as head does, does not change the exit code", () => {
  expect(helpTo("| true")).toBe("0\n");
});

test("output that cannot be written is reported in one line and ends with 1", () => {
  // Open for reading only.
  expect(helpTo('1< "$1"')).toBe(
    "edgegate: the output could not be written (EBADF); the command may have been carried out\n1\n",
  );
});
