/**
 * Tells blocks from arguments, which JSON does not distinguish. The providers' schemas do. provider-blocks.json has the parts
 * that the stacks need, and a test compares it with the schemas (`__tests__/export/hcl-blocks.terraform.test.ts`).
 */
import blocks from "./provider-blocks.json";
import { HclError } from "./error";

/** The names of the blocks in a block, by its own name; those of the resource under "". */
export type Blocks = Record<string, string[]>;

const BLOCKS: Record<string, Blocks> = blocks;

/**
 * @param kind such as `aws_sqs_queue`, `data aws_region` or `provider aws`
 * @throws HclError for a kind that is not in provider-blocks.json
 */
export function blocksOf(kind: string, place: string): Blocks {
  if (!Object.hasOwn(BLOCKS, kind))
    throw new HclError(
      place,
      `what is a block in “${kind}” is not known; use it in a construct of stacks/ and run “npm run hcl:blocks”`,
    );
  return BLOCKS[kind]!;
}
