/**
 * `node cpu-share.js <pid> <share>`: lets a process use only this share of one CPU, as a scheduler with a quota does. It
 * stops the process once it has used more, and lets it continue when the time for that is over.
 */
const { readdirSync, readFileSync } = require("node:fs");

const [pid, share] = process.argv.slice(2).map(Number);
/** Milliseconds that may be used without a pause: on Lambda, Linux applies the quota to each 20 ms. */
const BURST = 20 * share;
const timer = new Int32Array(new SharedArrayBuffer(4));

/** Milliseconds of CPU that all threads have used. */
function used() {
  const folder = `/proc/${pid}/task`;
  let nanoseconds = 0;
  for (const thread of readdirSync(folder)) {
    try {
      nanoseconds += Number(readFileSync(`${folder}/${thread}/schedstat`, "latin1").split(" ")[0]);
    } catch {
      // The thread has ended.
    }
  }
  return nanoseconds / 1e6;
}

let [budget, lastUsed, lastTime, isStopped] = [BURST, used(), performance.now(), false];
process.stdout.write("ready\n");
for (;;) {
  Atomics.wait(timer, 0, 0, 1);
  try {
    const [nowUsed, now] = [used(), performance.now()];
    budget = Math.min(BURST, budget + (now - lastTime) * share) - (nowUsed - lastUsed);
    [lastUsed, lastTime] = [nowUsed, now];
    if (budget < 0 !== isStopped) {
      isStopped = budget < 0;
      process.kill(pid, isStopped ? "SIGSTOP" : "SIGCONT");
    }
  } catch {
    process.exit();
  }
}
