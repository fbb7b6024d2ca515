/** Colours, on a terminal only: picocolors gives them to every CI job as well. */
import pc from "picocolors";

export const onStdout = colorsFor(process.stdout);
export const onStderr = colorsFor(process.stderr);

function colorsFor({ isTTY }: { isTTY?: boolean }): ReturnType<typeof pc.createColors> {
  return pc.createColors(pc.isColorSupported && isTTY === true);
}
