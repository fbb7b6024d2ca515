/** Shows that long work is still going on: on stderr, and on a terminal only. */
import type { GlobalOptions } from "./options";

export async function withProgress<T>(text: string, { json }: GlobalOptions, work: () => Promise<T>): Promise<T> {
  if (json || !process.stderr.isTTY) return work();
  const { default: spinner } = await import("yocto-spinner");
  const shown = spinner({ text, stream: process.stderr }).start();
  try {
    return await work();
  } finally {
    shown.stop();
  }
}
