/** The rim of the gate: the only file that touches the modules of CloudFront's runtime. */
import cf from "cloudfront";

export { cf };

/**
 * Tells a missing key from a failing store, after a read was rejected: only then is a second call worth its price.
 *
 * @returns true only where the store says that there is no such key
 */
export async function isMissing(key: string): Promise<boolean> {
  try {
    const exists = await cf.kvs().exists(key);
    return exists === false;
  } catch (failed) {
    return false;
  }
}
