/** All measurements, in the order in which they are printed, with their limits. */
import { readFileSync } from "node:fs";
import { artifacts } from "../build/artifacts";
import { MAX_FUNCTION_SOURCE } from "../cloudfront/limits";
import { measureGate, measureGateMemory } from "./gate";
import { HOSTILE_LIMITS, HOSTILE_REQUESTS } from "./hostile";
import { measureLoadTime } from "./handler";
import { measureDollars } from "./dollars";
import { canMeasureLatency, measureLatency } from "./far/latency";
import type { Figure } from "./figure";
import { measureRevoker } from "./revoker";
import { baseSource, gateSource, mixedRules, sampleRules } from "./sample";
import { findProgram, lambdaNode } from "./tools";
import { SCENARIOS } from "./scenarios";
import { measureSynth } from "./synth";

export interface Measured {
  figures: Figure[];
  /** The missing measurements, and what to install for them; undefined if everything was measured. */
  missing: string | undefined;
}

/** https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/cloudfront-limits.html#limits-functions: 2 MB */
const GATE_MEMORY_LIMIT = 2 * 1024 * 1024;

/** @throws Error if a part cannot be built or run, or a scenario ends in another decision than expected */
export async function measureAll(): Promise<Measured> {
  const canRunEngine = findProgram("njs") !== undefined && findProgram("valgrind") !== undefined;
  const missing = [
    ...(canRunEngine
      ? []
      : ["instructions and memory of the gate, which need njs and valgrind (apt-get install njs valgrind)"]),
    ...(canMeasureLatency() ? [] : ["times of a far handler, which need Linux"]),
  ];
  return {
    figures: [
      ...(canRunEngine ? [...(await gateInstructions()), ...(await hostileRequests()), ...gateMemory()] : []),
      ...gateSize(),
      ...handler(),
      ...(canMeasureLatency() ? await measureLatency() : []),
      ...(await measureRevoker()),
      ...(await measureDollars()),
      ...synth(),
    ],
    missing: missing.length === 0 ? undefined : `not measured: ${missing.join("; ")}`,
  };
}

async function gateInstructions(): Promise<Figure[]> {
  const figures: Figure[] = [];
  for (const { name, request, decision, limit } of SCENARIOS) {
    const cost = await measureGate(request);
    if (!cost.decision.startsWith(decision))
      throw new Error(`the scenario "${name}" ended in "${cost.decision}" instead of "${decision}"`);
    figures.push({
      group: "gate",
      name,
      value: cost.instructions,
      unit: "instructions",
      ...(limit !== undefined && { limit }),
    });
    if (figures.length === 1)
      figures.push({ group: "gate", name: "reads of the store", value: cost.reads, unit: "", limit: 1 });
  }
  return figures;
}

/**
 * The most expensive request of each size. One memory layout is enough, because one page of memory does not matter
 * here.
 */
async function hostileRequests(): Promise<Figure[]> {
  const dearest = new Map<string, Figure>();
  for (const { name, passes, request } of HOSTILE_REQUESTS) {
    const { instructions } = await measureGate(request, { paddings: [0] });
    if (instructions <= (dearest.get(passes)?.value ?? 0)) continue;
    dearest.set(passes, {
      group: "hostile requests",
      name: `what ${passes} lets pass: ${name}`,
      value: instructions,
      unit: "instructions",
      limit: HOSTILE_LIMITS[passes],
    });
  }
  return [...dearest.values()];
}

function gateMemory(): Figure[] {
  return SCENARIOS.filter(({ name }) => name.startsWith("valid session")).map(({ name, request }) => ({
    group: "gate memory",
    name,
    value: measureGateMemory(request),
    unit: "bytes",
    limit: GATE_MEMORY_LIMIT,
  }));
}

function gateSize(): Figure[] {
  const size = (name: string, source: string, limit?: number) => ({
    group: "gate source",
    name,
    value: Buffer.byteLength(source),
    unit: "bytes",
    ...(limit !== undefined && { limit }),
  });
  return [
    size("without settings and policy", baseSource()),
    size("12 rules", gateSource(sampleRules(12))),
    size("100 rules", gateSource(sampleRules(100)), 9472),
    size("100 rules, a quarter of them with conditions", gateSource(mixedRules(100)), MAX_FUNCTION_SOURCE - 512),
  ];
}

function handler(): Figure[] {
  const zip = readFileSync(artifacts().auth);
  return [
    { group: "auth handler", name: "zip", value: zip.length, unit: "bytes", limit: 82 * 1024 },
    { group: "auth handler", name: "load time (median)", value: measureLoadTime(zip, lambdaNode()), unit: "ms" },
  ];
}

function synth(): Figure[] {
  const { seconds, peakMegabytes } = measureSynth();
  return [
    { group: "synth", name: "time (best of 3)", value: seconds, unit: "s", limit: 1.5 },
    { group: "synth", name: "peak memory", value: peakMegabytes, unit: "MB", limit: 140 },
  ];
}
