import { readFileSync } from "node:fs";
import { join } from "node:path";

interface Entry {
  optionalDependencies?: Record<string, string>;
  resolved?: string;
}

const { packages } = JSON.parse(readFileSync(join(__dirname, "../package-lock.json"), "utf8")) as {
  packages: Record<string, Entry>;
};

test("the lockfile has the binaries of every platform: `npm ci` refuses one that only has those of the machine that wrote it", () => {
  const places = Object.keys(packages);
  const wanted = Object.values(packages).flatMap(({ optionalDependencies = {} }) => Object.keys(optionalDependencies));
  expect(wanted.filter((name) => !places.some((place) => place.endsWith(`node_modules/${name}`)))).toEqual([]);
});

test("the lockfile names no registry: the installer's own is used", () => {
  expect(Object.values(packages).filter(({ resolved }) => resolved?.includes("://"))).toEqual([]);
});
