/** Colors, on a terminal only. On its own, picocolors would also color the output of CI jobs. */
import pc from "picocolors";

export const onStdout = colorsFor(process.stdout);
export const onStderr = colorsFor(process.stderr);

function colorsFor({ isTTY }: { isTTY?: boolean }): ReturnType<typeof pc.createColors> {
  return pc.createColors(pc.isColorSupported && isTTY === true);
}
