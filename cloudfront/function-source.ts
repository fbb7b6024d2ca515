/**
 * Reads the source of a viewer-request function that was written for CloudFront, so that it can run inside another one.
 * It may be a whole program that defines `handler(event)`, or one function that takes the request.
 */
import { parse, type Token } from "acorn";
import { GLOBALS, MODULES, UNSUPPORTED, type SyntaxNode } from "./function-syntax";

/** The reason why a source cannot be used, with the place. */
export class FunctionSourceError extends Error {
  override readonly name = "FunctionSourceError";
}

const FORM =
  "write function (request) { … return request; }, or the program of a CloudFront function with its handler(event)";
const OPTIONS = { ecmaVersion: 2023, sourceType: "module", locations: true } as const;

/**
 * @returns an expression that is a function of the event, without comments and indentation
 * @throws FunctionSourceError for any other text, and for code that the runtime does not accept
 */
export function readFunctionSource(text: string): string {
  const one = oneFunction(text);
  if (one) {
    check(one.program, one.text);
    // The node without surrounding parentheses.
    const source = compact(one.text, one.tokens.slice(1, -1));
    return one.isHandler ? `(${source})` : `function(event){return (${source})(event.request)}`;
  }
  const { program, tokens } = parsed(text);
  const imports = importsOf(program, text);
  if (!definesHandler(program)) throw new FunctionSourceError(`it defines no function "handler"; ${FORM}`);
  check(program, text);
  const own = tokens.filter(({ start }) => !imports.some((each) => start >= each.start && start < each.end));
  const required = imports.map(({ name, module }) => `const ${name}=require(${JSON.stringify(module)});`).join("");
  return `function(event){return (function(){${required}${compact(text, own)}\nreturn handler})()(event)}`;
}

/** The text as one function expression, if that is all of it. */
function oneFunction(text: string) {
  const inParentheses = `(${text}\n)`;
  let read: ReturnType<typeof parsed>;
  try {
    read = parsed(inParentheses);
  } catch {
    return undefined;
  }
  const [statement, ...more] = read.program["body"] as SyntaxNode[];
  const expression = statement?.["expression"] as SyntaxNode | undefined;
  if (more.length > 0 || !/^(Arrow)?FunctionExpression$/.test(expression?.type ?? "")) return undefined;
  return {
    ...read,
    text: inParentheses,
    isHandler: (expression!["id"] as SyntaxNode | null | undefined)?.["name"] === "handler",
  };
}

/** @throws FunctionSourceError with the line */
function parsed(text: string): { program: SyntaxNode; tokens: Token[] } {
  const tokens: Token[] = [];
  try {
    const program = parse(text, { ...OPTIONS, onToken: tokens }) as unknown as SyntaxNode;
    return { program, tokens: tokens.filter(({ start, end }) => end > start) };
  } catch (error) {
    const { message, loc } = error as SyntaxError & { loc?: { line: number } };
    const what = message.replace(/ \(\d+:\d+\)$/, "");
    throw new FunctionSourceError(`it cannot be read: ${what}${loc ? ` (line ${loc.line})` : ""}; ${FORM}`);
  }
}

interface Import {
  start: number;
  end: number;
  name: string;
  module: string;
}

function importsOf(program: SyntaxNode, text: string): Import[] {
  return (program["body"] as SyntaxNode[]).flatMap((node) => {
    if (/^Export/.test(node.type))
      throw new FunctionSourceError(`it exports something (line ${lineOf(text, node)}); remove "export"`);
    if (node.type !== "ImportDeclaration") return [];
    const module = String((node["source"] as SyntaxNode)["value"]);
    refuseModule(module, lineOf(text, node));
    const [first, ...more] = node["specifiers"] as SyntaxNode[];
    if (first?.type !== "ImportDefaultSpecifier" || more.length > 0)
      throw new FunctionSourceError(`write import name from "${module}" (line ${lineOf(text, node)})`);
    return [{ start: node.start, end: node.end, name: String((first["local"] as SyntaxNode)["name"]), module }];
  });
}

function refuseModule(module: string, line: number): void {
  if (MODULES.includes(module)) return;
  // A function has one store (https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/kvs-with-functions.html).
  const why =
    module === "cloudfront"
      ? "the gate's function has one KeyValueStore, with the keys of the sessions; put your data into the function, and leave other origins to behaviors"
      : `the runtime has ${MODULES.join(", ")}`;
  throw new FunctionSourceError(`it uses the module "${module}" (line ${line}): ${why}`);
}

function definesHandler(program: SyntaxNode): boolean {
  return (program["body"] as SyntaxNode[]).some(
    (node) =>
      (node.type === "FunctionDeclaration" && (node["id"] as SyntaxNode)["name"] === "handler") ||
      (node.type === "VariableDeclaration" &&
        (node["declarations"] as SyntaxNode[]).some(({ id }) => (id as SyntaxNode)["name"] === "handler")),
  );
}

/** @throws FunctionSourceError for the first syntax or name that the runtime does not support */
function check(program: SyntaxNode, text: string): void {
  const declared = new Set<string>();
  const used: SyntaxNode[] = [];
  visit(program, undefined, "", (node, parent, place) => {
    for (const [what, { write, isMet }] of Object.entries(UNSUPPORTED))
      if (isMet(node))
        throw new FunctionSourceError(`the runtime has no ${what} (line ${lineOf(text, node)}); ${write}`);
    if (isRequire(node)) {
      const module = (node["arguments"] as SyntaxNode[])[0]?.["value"];
      if (typeof module !== "string")
        throw new FunctionSourceError(`write the name of the module in require (line ${lineOf(text, node)})`);
      refuseModule(module, lineOf(text, node));
    }
    if (node.type !== "Identifier") return;
    if (node["name"] === "require" && !(parent && isRequire(parent) && place === "callee"))
      throw new FunctionSourceError(`call require by its name, with the name of a module (line ${lineOf(text, node)})`);
    if (isDeclaration(parent!, place)) declared.add(String(node["name"]));
    else if (!isName(parent!, place)) used.push(node);
  });
  // An undeclared name would be looked up among the gate's own names.
  const unknown = used.find(({ name }) => !declared.has(String(name)) && !GLOBALS.includes(String(name)));
  if (unknown)
    throw new FunctionSourceError(
      `it uses "${String(unknown["name"])}" (line ${lineOf(text, unknown)}), which it does not define and the runtime does not have`,
    );
}

function visit(
  node: SyntaxNode,
  parent: SyntaxNode | undefined,
  place: string,
  see: (node: SyntaxNode, parent: SyntaxNode | undefined, place: string) => void,
): void {
  see(node, parent, place);
  for (const [member, value] of Object.entries(node)) {
    const isShorthandKey = member === "key" && node["shorthand"] === true;
    for (const child of isShorthandKey ? [] : [value].flat())
      if (typeof child === "object" && child !== null && typeof (child as SyntaxNode).type === "string")
        visit(child as SyntaxNode, node, member, see);
  }
}

function isRequire(node: SyntaxNode): boolean {
  return node.type === "CallExpression" && (node["callee"] as SyntaxNode)["name"] === "require";
}

function isDeclaration({ type }: SyntaxNode, place: string): boolean {
  return (
    place === "params" ||
    place === "param" ||
    place === "local" ||
    type === "RestElement" ||
    (place === "id" && /^(Function|VariableDeclarator)/.test(type))
  );
}

/** Names of members and labels refer to no variable. */
function isName(parent: SyntaxNode, place: string): boolean {
  return (
    place === "label" ||
    place === "imported" ||
    ((place === "property" || place === "key") && parent["computed"] !== true)
  );
}

function lineOf(text: string, { start }: SyntaxNode): number {
  return text.slice(0, start).split("\n").length;
}

/** Joins the tokens with the least white space that keeps their meaning: a line break may end a statement. */
function compact(text: string, tokens: readonly { start: number; end: number }[]): string {
  return tokens
    .map(({ start, end }, i) => {
      const before = tokens[i - 1];
      return (before ? between(text, before.end, start) : "") + text.slice(start, end);
    })
    .join("");
}

function between(text: string, from: number, to: number): string {
  const gap = text.slice(from, to);
  if (gap === "") return "";
  const [last, first] = [text[from - 1]!, text[to]!];
  const isPlain = /[{([,;:]/.test(last) || /[})\],;:]/.test(first);
  if (gap.includes("\n")) return isPlain ? "" : "\n";
  const isWord = /[\w$]/.test(last) && /[\w$]/.test(first);
  return isWord || (last === first && /[+-]/.test(last)) || last === "/" || first === "/" ? " " : "";
}
