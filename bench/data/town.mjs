/** The codes that all projects share. Their keys (sub job, cost code, cost type) are enough for one of 80,000 lines. */
export const COST_CODES = Array.from({ length: 5_000 }, (_, n) => {
  const digits = String(n).padStart(5, "0");
  return `${digits.slice(0, 2)}-${digits.slice(2)}`;
});
export const COST_TYPES = ["L", "M", "S", "E"];
/** Each with the extra that it is in Sage. */
export const SUB_JOBS = [
  { code: "PH1", extra: "001", name: "Phase one" },
  { code: "PH2", extra: "002", name: "Phase two" },
  { code: "SITE", extra: "003", name: "Site work" },
];
const KEYS = COST_CODES.length * COST_TYPES.length * (SUB_JOBS.length + 1);
/** A prime: stepping by it, every key comes once before one comes again. */
const STEP = 7_919;
/** Of so many lines of a budget one has the key of the line before it. */
const REPEATING = 33;

/** The projects of a seed, each with its ids and how many lines its budget has. The same seed gives the same ones. */
export function projectsOf({ seed, lines, projects, largest }) {
  const random = randomFrom(seed);
  return sizesOf(random, { lines, projects, largest }).map((size, index) => ({
    projectId: randomId(random),
    budgetId: randomId(random),
    number: `26-${String(index + 1).padStart(5, "0")}`,
    size,
    seed: Math.floor(random() * 2 ** 31),
  }));
}

/** The lines of a project's budget, one after the other. */
export function* linesOf({ size, seed }) {
  const random = randomFrom(seed);
  const first = Math.floor(random() * KEYS);
  for (let n = 0; n < size; n++) {
    const step = n % REPEATING === REPEATING - 1 ? n - 1 : n;
    const key = (first + step * STEP) % KEYS;
    const costCode = COST_CODES[key % COST_CODES.length];
    const rest = Math.floor(key / COST_CODES.length);
    const cents = 1 + Math.floor(random() * 20_000_000);
    const amount = n % 50 === 49 ? -cents : cents;
    yield {
      lineId: randomId(random),
      subJob: SUB_JOBS[Math.floor(rest / COST_TYPES.length) - 1] ?? null,
      costCode,
      costType: COST_TYPES[rest % COST_TYPES.length],
      description: `Budget of ${costCode}, line ${n + 1}`,
      amount: money(amount),
    };
  }
}

const money = (cents) =>
  `${cents < 0 ? "-" : ""}${Math.floor(Math.abs(cents) / 100)}.${String(Math.abs(cents) % 100).padStart(2, "0")}`;

/** Sizes from a tenth of the mean to twice of it, which add up to all lines. */
function sizesOf(random, { lines, projects, largest }) {
  const others = largest > 0 ? projects - 1 : projects;
  const shares = Array.from({ length: others }, () => 0.1 + 1.9 * random());
  const sum = shares.reduce((total, share) => total + share, 0);
  const spare = lines - largest - others;
  const sizes = shares.map((share) => 1 + Math.floor((spare * share) / sum));
  let left = lines - largest - sizes.reduce((total, size) => total + size, 0);
  for (let n = 0; left > 0; n = (n + 1) % sizes.length, left--) sizes[n]++;
  // In the middle: neither what is read first nor what is read last.
  if (largest > 0) sizes.splice(Math.floor(others / 2), 0, largest);
  return sizes;
}

/** Numbers from 0 up to 1, the same ones for the same seed (mulberry32). */
export function randomFrom(seed) {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** 36 characters, as the project system has them. */
function randomId(random) {
  const part = (digits) =>
    Math.floor(random() * 16 ** digits)
      .toString(16)
      .padStart(digits, "0");
  return `${part(8)}-${part(4)}-4${part(3)}-a${part(3)}-${part(6)}${part(6)}`;
}
