/** Shows that long work is still going on: on stderr, and on a terminal only. */
import type { GlobalOptions } from "./options";

/** Shows how much of the work is done. */
export type Progress = (done: number, total: number) => void;

const BAR_WIDTH = 20;

export async function withProgress<T>(
  text: string,
  { json }: GlobalOptions,
  work: (progress: Progress) => Promise<T>,
): Promise<T> {
  if (json || !process.stderr.isTTY) return work(() => {});
  const { default: spinner } = await import("yocto-spinner");
  const shown = spinner({ text, stream: process.stderr }).start();
  try {
    return await work((done, total) => {
      const full = Math.round((BAR_WIDTH * done) / total);
      shown.text = `${text} ${"█".repeat(full)}${"░".repeat(BAR_WIDTH - full)} ${done}/${total}`;
    });
  } finally {
    shown.stop();
  }
}
