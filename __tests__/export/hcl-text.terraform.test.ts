/** Whatever a string has in it: Terraform reads the same in the printed file as in the JSON. */
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { hclOf } from "../../export/hcl/hcl-of";
import { evaluate } from "../support/terraform-console";
import { describeWith } from "../support/tools";

const TEXTS = [
  "",
  " ",
  "plain",
  'quotes " and \\ and \\" and \\n',
  "$",
  "%",
  "$$",
  "$${a} %%{b} $$${c} $$$${d} %$${e} $%%{f}",
  "$ {a} $\n{b}",
  "$${",
  "a${1 + 1}b",
  "${1+1}",
  '${"nested ${"deeper \\"${1}\\""} }"}',
  "%{ if true }yes%{ else }no%{ endif }",
  "%{ for x in [1, 2] ~}\n<${x}>\n%{ endfor ~}\nend",
  '  ${~ "trimmed" ~}  \n',
  "one\ntwo\n",
  "one\ntwo",
  "one\n\ntwo\n\n",
  "\n",
  "\n\n",
  "\nfirst is empty\n",
  "  indented\n  all\n",
  "  indented\nnot all\n",
  "trailing  \nspaces\n",
  "only\n   \nspaces\n",
  "\ttab\nno tab\n",
  "EOT\nEOT\n",
  "EOT\n  END\nTEXT\n",
  'back\\slash\n"quotes"\n$${no} ${"yes"}\n',
  "${1}\n${2}\n$$",
  "carriage\r\nreturn\r\n",
  "bell \u0007 escape \u001b null \u0001 delete \u007f",
  "invisible \u200b\u202e\u2066 \ufeff \u2028 \u2029 \u{e0001}",
  "ünï 🙂 👩‍👩‍👧 e\u0301 한",
  `<p class="a" id="b" lang="c">${"long ".repeat(60)}`,
  '{"a":1,"b":["x","y"],"c":{"d":null,"e":true}}',
  '{"b":1,"a":2}',
  '{"a": 1}',
  '{"a":"<>&"}',
  '{"a":"\\u003c"}',
  '{"a":"quote \\" line \\n backslash \\\\ $${x} %%{y}"}',
  '{"10":1,"2":{"ä":1,"z":2}}',
  '{"a":1.50}',
  '{"a":1e3,"b":12345678901234567890}',
  '{"a":-1.5,"b":[0,0.1,[]],"c":{}}',
  '{"a":"${"x"}"}',
  '{"a":${1}}',
  '{"$${a}":"b","for":1,"null":2,"x y":3}',
  "[1,2]",
  "{}",
  "[{",
];

/** Terraform formats some of these in another way in a key, and does not take lists as one. */
const EXPRESSIONS = [
  "${!true}",
  "${ - 1+ -(2) }",
  "${true?1:2}",
  "${1 +\n2}",
  "a ${1 +\n  2} b",
  "${[\n1,\n   2,\n]}",
  "${{\n a = 1\n b = [\n3\n]\n\n\n}}",
  '${[for x in [1,2] : x*2][1]} and ${{a={b="}"}}.a.b}',
];

/** Each makes trouble, next to some of the others. */
const PIECES = [
  ...'$%{}"\\\n \t~a',
  "$${",
  "%%{",
  '${"x"}',
  "${1}",
  "\n\n",
  "EOT",
  "é",
  '{"a":',
  "\r",
  "a%{if true}i%{endif}",
];

function generated(count: number): string[] {
  let state = 42;
  const below = (limit: number) => (state = (state * 48271) % 2147483647) % limit;
  return Array.from({ length: count }, () =>
    Array.from({ length: 1 + below(9) }, () => PIECES[below(PIECES.length)]).join(""),
  );
}

describeWith("terraform", "strings", (terraform) => {
  const root = mkdtempSync(join(tmpdir(), "edgegate-hcl-text-"));
  afterAll(() => rmSync(root, { recursive: true }));
  const folderWith = (name: string, files: Record<string, string>) => {
    const folder = join(root, name);
    mkdirSync(folder);
    for (const [file, text] of Object.entries(files)) writeFileSync(join(folder, file), text);
    return folder;
  };
  const isTemplate = (folder: string) =>
    !spawnSync(terraform, ["console"], { cwd: folder, input: "1\n", encoding: "utf8" }).stderr.includes("Error");

  test("are the same in quotes, heredocs, keys and jsonencode", () => {
    const keys = [...TEXTS, ...readable(generated(600))];
    const texts = [...keys, ...EXPRESSIONS];
    const stack = {
      locals: {
        ...Object.fromEntries(texts.map((text, i) => [`text_${i}`, text])),
        list: texts,
        object: {
          ...Object.fromEntries(keys.map((text, i) => [`key_${i}_${text}`, text])),
          for: 1,
          null: 2,
          "": 3,
        },
        texts: `\${[${texts.map((_, i) => `local.text_${i}`).join(", ")}]}`,
      },
    };
    const json = folderWith("json", { "main.tf.json": JSON.stringify(stack) });
    const printed = folderWith("printed", hclOf(stack, { fileOf: () => "main.tf" }));
    for (const expression of ["local.texts", "local.list", "local.object"]) {
      const [expected, actual] = [json, printed].map((folder) => evaluate(terraform, folder, expression));
      expect(actual).toEqual(expected);
    }
    expect(spawnSync(terraform, ["fmt", "-check", "-diff", printed], { encoding: "utf8" })).toMatchObject({
      status: 0,
      stdout: "",
    });
  });

  /** Without those that Terraform does not read in JSON either. The printer refuses them, or it reads as little. */
  function readable(texts: string[]): string[] {
    const broken = texts.filter((text) => {
      try {
        hclOf({ locals: { text } }, { fileOf: () => "main.tf" });
        return false;
      } catch {
        return true;
      }
    });
    const errors = folderWith("errors", { "main.tf.json": JSON.stringify({ locals: { broken } }) });
    expect(broken.length).toBeGreaterThan(0);
    expect(isTemplate(errors)).toBe(false);
    return texts.filter((text) => !broken.includes(text));
  }
});
