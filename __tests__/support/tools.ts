/**
 * The tools that a test needs beyond Node. Where one is missing its tests are skipped with one line that says how to
 * get it; under CI a missing tool is a failure.
 */
import { spawnSync } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { findProgram } from "../../bench/tools";

export { lambdaNode } from "../../bench/tools";

const TOOLS = {
  nginx: { names: ["nginx"], get: "apt-get install nginx-light libnginx-mod-http-js" },
  njs: { names: ["njs"], get: "apt-get install njs" },
  valgrind: { names: ["valgrind"], get: "apt-get install valgrind" },
  go: { names: ["go"], get: "apt-get install golang-go" },
  chromium: { names: ["chromium", "chromium-browser", "google-chrome"], get: "apt-get install chromium" },
  terraform: { names: ["terraform"], get: "https://developer.hashicorp.com/terraform/install (1.11 or newer)" },
  script: { names: ["script"], get: "apt-get install bsdutils (util-linux)" },
  moto: { names: ["moto_server"], get: "pip install 'moto[server]'" },
  checkov: { names: ["checkov"], get: "pip install checkov" },
  tflint: { names: ["tflint"], get: "go install github.com/terraform-linters/tflint@v0.64.0" },
  actionlint: {
    names: ["actionlint"],
    get: "go install github.com/rhysd/actionlint/cmd/actionlint@v1.7.7",
  },
  gpg: { names: ["gpg"], get: "apt-get install gnupg" },
  jq: { names: ["jq"], get: "apt-get install jq" },
  java: { names: ["java"], get: "apt-get install default-jre-headless" },
  javac: { names: ["javac"], get: "apt-get install default-jdk-headless" },
  mvn: { names: ["mvn"], get: "apt-get install maven" },
} as const;
export type Tool = keyof typeof TOOLS;

/** The path of a tool; undefined where it is not installed. */
export function findTool(tool: Tool): string | undefined {
  return findProgram(...TOOLS[tool].names);
}

/** `describe` with a tool's path; skipped, or under CI failed, where the tool is missing. */
export function describeWith(tool: Tool, name: string, body: (path: string) => void): void {
  describeWhere(findTool(tool), `${tool} is not installed: ${TOOLS[tool].get}`, name, body);
}

/** `describe` with the classpath of DynamoDB Local, as {@link describeWith}. */
export function describeWithDynamoDbLocal(name: string, body: (folder: string) => void): void {
  const folder = process.env["DYNAMODB_LOCAL"] ?? join(__dirname, "../../.cache/dynamodb-local");
  const isThere = existsSync(folder) && readdirSync(folder).some((file) => file.startsWith("DynamoDBLocal"));
  if (!isThere || !findTool("java"))
    describeWhere(undefined, "DynamoDB Local or Java is not installed: .ci/dynamodb-local", name, body);
  else describeWhere(folder, "", name, body);
}

/** `describe` with the paths of nginx and of its module for JavaScript, as {@link describeWith}. */
export function describeWithNginx(name: string, body: (nginx: string, module: string) => void): void {
  const nginx = findTool("nginx");
  // Debian's place for modules.
  const module = nginx && join(dirname(nginx), "../lib/nginx/modules/ngx_http_js_module.so");
  const path = module && existsSync(module) ? nginx : undefined;
  describeWhere(path, `nginx or its module is not installed: ${TOOLS.nginx.get}`, name, (found) =>
    body(found, module ?? ""),
  );
}

/** `describe` with the folder of Keycloak, as {@link describeWith}. */
export function describeWithKeycloak(name: string, body: (folder: string) => void): void {
  const folder = process.env["KEYCLOAK"] ?? join(__dirname, "../../.cache/keycloak");
  const isThere = existsSync(join(folder, "lib/quarkus-run.jar")) && javaRelease() >= 17;
  describeWhere(
    isThere ? folder : undefined,
    "Keycloak, or Java 17 or newer, is not installed: .ci/keycloak",
    name,
    body,
  );
}

/** `describe`, skipped or under CI failed where npm's registry cannot be reached. */
export function describeWithRegistry(name: string, body: () => void): void {
  const { status } = spawnSync("npm", ["ping"], { stdio: "ignore", timeout: 60_000 });
  describeWhere(status === 0 ? "npm" : undefined, "npm's registry cannot be reached (npm ping)", name, body);
}

/** 0 where there is none. */
function javaRelease(): number {
  const java = findTool("java");
  return Number(java && /version "(\d+)/.exec(spawnSync(java, ["-version"], { encoding: "utf8" }).stderr)?.[1]) || 0;
}

function describeWhere(path: string | undefined, message: string, name: string, body: (path: string) => void): void {
  if (path) {
    describe(name, () => body(path));
    return;
  }
  if (process.env["CI"]) {
    test(name, () => {
      throw new Error(message);
    });
  } else {
    process.stderr.write(`skipped: ${name}: ${message}\n`);
    describe.skip(name, () => body(""));
  }
}

/** What handlers are given where a test is not about their limits: those have to hold in Lambda, not on a busy machine. */
export const PATIENCE = 6;
