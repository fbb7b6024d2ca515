/**
 * Syntax that the JavaScript runtime 2.0 of CloudFront Functions does not support, as data.
 *
 * https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/functions-javascript-runtime-20.html
 */

/** A node of the syntax tree (https://github.com/estree/estree). */
export interface SyntaxNode {
  type: string;
  start: number;
  end: number;
  [member: string]: unknown;
}

interface Unsupported {
  /** What to write instead. */
  write: string;
  isMet(node: SyntaxNode): boolean;
}

const ofType =
  (...types: string[]) =>
  ({ type }: SyntaxNode) =>
    types.includes(type);

/** By the called name. */
export const UNSUPPORTED: Readonly<Record<string, Unsupported>> = {
  classes: { write: "write functions", isMet: ofType("ClassDeclaration", "ClassExpression") },
  "for…of loops": { write: "write a loop with an index, or forEach", isMet: ofType("ForOfStatement") },
  generators: {
    write: "write a function that returns a list",
    isMet: (node) => node.type === "YieldExpression" || node["generator"] === true,
  },
  destructuring: { write: "read each member by itself", isMet: ofType("ObjectPattern", "ArrayPattern") },
  "spread syntax": { write: "use concat, apply or Object.assign", isMet: ofType("SpreadElement") },
  "default values of parameters": { write: "test for undefined", isMet: ofType("AssignmentPattern") },
  "optional chaining (?.)": { write: "use &&", isMet: ofType("ChainExpression") },
  "operator ??": { write: "test for undefined", isMet: ({ operator }) => operator === "??" },
  "logical assignment": {
    write: "write an if",
    isMet: ({ operator }) => operator === "??=" || operator === "||=" || operator === "&&=",
  },
  "catch without a name": {
    write: "write catch (error)",
    isMet: (node) => node.type === "CatchClause" && !node["param"],
  },
  "big integers": { write: "use numbers", isMet: (node) => typeof node["bigint"] === "string" },
  "flags s and u of regular expressions": {
    write: "leave them out",
    isMet: ({ regex }) => /[su]/.test((regex as { flags?: string } | undefined)?.flags ?? ""),
  },
  "import()": { write: "use require at the top", isMet: ofType("ImportExpression", "MetaProperty") },
  "await in the arguments of a call": {
    write: "assign its result to a variable first",
    isMet: (node) =>
      node.type === "CallExpression" &&
      (node["arguments"] as SyntaxNode[]).some(({ type }) => type === "AwaitExpression"),
  },
};

/** Modules of the runtime that a function may use beside the gate. */
export const MODULES: readonly string[] = ["crypto", "querystring", "buffer"];

/** Global names of the runtime. */
export const GLOBALS: readonly string[] = [
  ...["undefined", "NaN", "Infinity", "arguments", "console", "require"],
  ...["Object", "Array", "String", "Number", "Boolean", "Symbol", "Date", "Math", "JSON", "RegExp"],
  ...["Promise", "ArrayBuffer", "DataView", "Buffer"],
  ...["Uint8Array", "Uint16Array", "Uint32Array", "Int8Array", "Int16Array", "Int32Array", "Uint8ClampedArray"],
  ...["Float32Array", "Float64Array"],
  ...["Error", "EvalError", "RangeError", "ReferenceError", "SyntaxError", "TypeError", "URIError"],
  ...["parseInt", "parseFloat", "isNaN", "isFinite"],
  ...["encodeURI", "encodeURIComponent", "decodeURI", "decodeURIComponent"],
];
