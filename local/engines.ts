/** The engines that can run the gate. */
import { runGate as runInNjs } from "./gate-njs";
import { runGate as runInSandbox } from "./gate-sandbox";

export const ENGINES = { sandbox: runInSandbox, njs: runInNjs };
export type Engine = keyof typeof ENGINES;
