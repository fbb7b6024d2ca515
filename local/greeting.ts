/** The greeting of `edgegate dev`: the synthesized stack, addresses to open, and the users. */
import plain from "picocolors";
import { MAX_FUNCTION_SOURCE } from "../cloudfront/limits";
import { isAttached } from "../config/distribution";
import { describeAllow, mayPass } from "../policy/decision-table";
import type { Config } from "../config/schema";
import { postLogoutRedirectUris, redirectUris } from "../stacks/endpoint-urls";
import { publicOnlyHere } from "./local-config";
import type { LocalEdge } from "./local-edge";
import { placesOf } from "./places";
import { curlLines, demoApi } from "./program";

type Colors = ReturnType<typeof plain.createColors>;

export function greeting(edge: LocalEdge, pc: Colors): string {
  const places = placesOf(edge.config);
  const api = demoApi(edge.config);
  const [provider] = Object.keys(edge.config.identityProviders);
  const behaviors = edge.distribution.behaviors.map(({ path, lambda, origin }) => [
    path === "*" ? "everything else" : path,
    lambda
      ? lambda.functionName
      : `gate, then ${edge.origins[path]?.origin ?? (origin === "s3" ? "the S3 bucket" : origin)}`,
  ]);
  const users = edge.users.map((user) => [
    pc.bold(user.id),
    user.password,
    user.roles.join(", ") || "no roles",
    places
      .filter((place) => mayPass(place.allow, user.roles, provider!))
      .map((place) => place.path)
      .join("  "),
  ]);
  const gate = Buffer.byteLength(
    edge.distribution.behaviors.find((behavior) => behavior.gate !== undefined)?.gate ?? "",
  );
  return [
    section(pc.bold(`Synthesized ${edge.stackName}`), [
      ...behaviors,
      ["gate", `${gate} of ${MAX_FUNCTION_SOURCE} bytes`],
    ]),
    section(pc.bold("Open"), [
      ...places
        .filter((place) => !place.api)
        .map((place) => [pc.cyan(edge.url + place.path), describeAllow(place.allow)]),
      ...edge.urls.slice(1).map((url) => [pc.cyan(`${url}/`), "an alternate domain"]),
    ]),
    edge.users.length > 0
      ? section(pc.bold("Sign in as"), users)
      : section(pc.bold(`Sign in at ${edge.issuer}`), [
          ...redirectUris(edge.config)[provider!]!.map((uri) => ["redirect URI", uri]),
          ...postLogoutRedirectUris(edge.config).map((uri) => ["post-logout URI", uri]),
        ]),
    ...(api && edge.users.length > 0
      ? [
          section(
            pc.bold("Call the API as a program, from another terminal"),
            curlLines(api, edge.url).flatMap(([command, what]) => [[pc.dim(`# ${what}`)], [pc.cyan(command)]]),
          ),
        ]
      : []),
    section(pc.bold("Operate it from another terminal"), operatorCommands(edge, pc)),
    pc.dim("The certificate is made for this run: accept it in your browser. Ctrl-C stops everything.\n"),
  ].join("\n");
}

/** Differences between this machine and AWS; empty if there are none. */
export function differences(config: Config, pc: Colors = plain): string {
  const hook = config.signInHook
    ? pc.yellow("The sign-in hook is not asked on this machine: nobody vouches for the gateway here.\n")
    : "";
  const clients = publicOnlyHere(config)
    .map((id) =>
      pc.yellow(
        `Nobody vouches for the gateway on this machine: at ${id} it is a public client instead (aws_assertion).\n`,
      ),
    )
    .join("");
  const distribution = isAttached(config)
    ? pc.yellow("Your distribution is not on this machine: one behavior for every path stands in for it.\n")
    : "";
  return hook + clients + distribution;
}

/** Each names the port, because several local edges may be running. */
function operatorCommands({ config, users }: LocalEdge, pc: Colors): string[][] {
  const local = `--local=${config.domain.split(":")[1]}`;
  const user = users[1] ?? { id: "alice" };
  return [
    [pc.cyan(`npx edgegate sessions ${local}`), "see who is signed in"],
    [pc.cyan(`npx edgegate revoke user ${user.id}@example.com ${local}`), "end that user's sessions"],
    [pc.cyan(`npx edgegate rotate-keys ${local}`), "replace the session key; nobody notices"],
    [pc.cyan(`npx edgegate lockdown ${local}`), "end every session; everyone signs in again"],
  ];
}

function section(title: string, rows: string[][]): string {
  return `${title}\n${table(rows)}\n`;
}

/** Aligned columns, indented by two. */
export function table(rows: string[][]): string {
  const width = (index: number) => Math.max(...rows.map((row) => visible(row[index] ?? "")));
  return rows
    .map(
      (row) =>
        `  ${row.map((cell, index) => (index === row.length - 1 ? cell : cell + " ".repeat(width(index) - visible(cell)))).join("  ")}`,
    )
    .join("\n");
}

function visible(cell: string): number {
  // Color codes take no space.
  return cell
    .split("\u001b[")
    .reduce((length, part, index) => length + (index === 0 ? part.length : part.length - part.indexOf("m") - 1), 0);
}
