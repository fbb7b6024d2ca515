/** Differences of sets of people, and the words for them, against what each of many visitors meets. */
import { areAmong, areApart } from "../../../policy/people/difference";
import { isEverybody, peopleOf } from "../../../policy/people/people";
import { describePeople, differenceInWords, UNDECIDED } from "../../../policy/people/words";
import { seeded } from "../../support/generated-policies";
import { changedAllow, generatedAllow, PATTERN } from "./generated-conditions";
import { inWords } from "./in-words";
import { meets } from "./meets";
import { generatedVisitor } from "./visitors";

const PAIRS = 1_000;
const VISITORS = 200;

test("the words name exactly those who gain and who lose access", () => {
  const next = seeded(13);
  const visitors = Array.from({ length: VISITORS }, () => generatedVisitor(next));
  const seen = { gains: 0, loses: 0, same: 0, among: 0, apart: 0, undecided: 0 };
  for (let round = 0; round < PAIRS; round++) {
    const before = generatedAllow(next);
    const after = changedAllow(next, before);
    const [had, have] = [peopleOf(before, PATTERN), peopleOf(after, PATTERN)];
    const texts = { gains: differenceInWords(have, had), loses: differenceInWords(had, have) };
    const isTold = (text: string) => !text.startsWith(UNDECIDED);
    if (![...texts.gains, ...texts.loses].every(isTold)) {
      seen.undecided++;
      continue;
    }
    const gains = texts.gains.map(inWords);
    const loses = texts.loses.map(inWords);
    const [isAmong, isApart, isOpen] = [areAmong(had, have), areApart(had, have), isEverybody(have)];
    seen.among += Number(isAmong);
    seen.apart += Number(isApart);
    expect(isAmong).toBe(loses.length === 0);
    for (const visitor of visitors) {
      const [did, does] = [meets(before, visitor), meets(after, visitor)];
      const told = [gains, loses].map((groups) => groups.some((belongs) => belongs(visitor)));
      const isRight = told[0] === (does && !did) && told[1] === (did && !does);
      if (!isRight || (isApart && did && does) || (isOpen && !does))
        throw new Error(JSON.stringify({ before, after, visitor, did, does, told, ...texts }, null, 1));
      seen[did === does ? "same" : does ? "gains" : "loses"]++;
    }
  }
  // Each kind of answer was checked often.
  expect(seen.gains + seen.loses + seen.same).toBe((PAIRS - seen.undecided) * VISITORS);
  expect(seen.undecided).toBeLessThan(PAIRS / 50);
  for (const number of [seen.gains, seen.loses]) expect(number).toBeGreaterThan(PAIRS * 20);
  for (const number of [seen.among, seen.apart]) expect(number).toBeGreaterThan(PAIRS / 20);
});

test("one set of people in words", () => {
  const next = seeded(17);
  const visitors = Array.from({ length: VISITORS }, () => generatedVisitor(next));
  for (let round = 0; round < PAIRS; round++) {
    const allow = generatedAllow(next);
    const texts = differenceInWords(peopleOf(allow, PATTERN), []);
    const groups = texts.map(inWords);
    for (const visitor of visitors)
      if (groups.some((belongs) => belongs(visitor)) !== meets(allow, visitor))
        throw new Error(JSON.stringify({ allow, visitor, texts }, null, 1));
    if (texts.length === 1) expect(describePeople(peopleOf(allow, PATTERN))).toBe(texts[0]);
  }
});
