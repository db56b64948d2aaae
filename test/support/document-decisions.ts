/*
 * What becomes of a document: its state, what somebody does to it, and what the next runs make of that. The table
 * is held by test/scenarios/document-events.test.ts, which really does all of it, and shown in docs/decisions.md.
 */

const SHARED_STATES = [
  "not sent",
  "sent",
  "rejected",
  "retrieved",
  "accepted",
  "held",
  "claimed, not written",
  "exported",
  "partly posted",
  "posted with another amount",
  "posted, changed since",
  "synced",
  "accepted again while exported",
  "changed and accepted again while exported",
] as const;
export const BUDGET_STATES = SHARED_STATES;
export const MODIFICATION_STATES = [
  ...SHARED_STATES,
  "accepted before its budget",
  "waiting behind a held one",
  "synced, with a held one before it",
] as const;
export type DocumentState = (typeof MODIFICATION_STATES)[number];

/** Staging and journal, as the two are in one database. */
export const RESTORED = "the database is restored to a copy from before its export";
export const DOCUMENT_EVENTS = [
  "left alone",
  "accepted again, as it is",
  "accepted again with an amount up",
  "accepted again with an amount down",
  "accepted again with a line on another code",
  "accepted again with one of four lines gone",
  "accepted again with two of four lines gone",
  "changed, and not accepted",
  "deleted",
  "deleted, made anew and accepted",
  "rejected",
  "retrieved",
  "a code is mapped elsewhere",
  "a code is mapped elsewhere, then accepted again",
  "its job is closed in Sage",
  "its job is closed in Sage, then accepted again as it is",
  "its job is closed in Sage, then accepted again with an amount up",
  "a code is taken out of Sage",
  "a code is taken out of Sage, then accepted again as it is",
  "a code is taken out of Sage, then accepted again with its amount up",
  RESTORED,
] as const;
export type DocumentEvent = (typeof DOCUMENT_EVENTS)[number];
/** What the next export does with a document, and what follows once every entry is imported and posted. */
type Fate = `${string} | ${string}`;
type Fates = Readonly<Record<DocumentState, Fate>>;
interface Fork {
  readonly budgets: Fates;
  readonly modifications: Fates;
}

const at = (states: readonly DocumentState[], fate: Fate): Partial<Fates> =>
  Object.fromEntries(states.map((state) => [state, fate]));
const always = (outcome: string): Fate => `${outcome} | ${outcome}`;
const heldBy = (...rules: readonly string[]): string => `held by ${rules.join(" and ")}`;

const OPEN = "previous_batch_open";
const CHANGED = "changed_after_export";
const NOTHING = always("nothing");
const SENT: Fate = "sent | synced";

const NEVER_ACCEPTED = ["not sent", "sent", "rejected", "retrieved"] as const;
const EXPORTED = ["exported", "partly posted"] as const;
const AGAIN = ["accepted again while exported", "changed and accepted again while exported"] as const;
const BEHIND_OTHERS = ["accepted before its budget", "waiting behind a held one"] as const;
const FREED = ["synced", "synced, with a held one before it"] as const;

/** The default of every state, where nothing is done: exceptions of an event build on it. */
const LEFT_ALONE: Fates = {
  "not sent": NOTHING,
  sent: NOTHING,
  rejected: NOTHING,
  retrieved: NOTHING,
  accepted: SENT,
  held: always(heldBy("unmapped_cost_code")),
  "claimed, not written": "written | synced",
  exported: "nothing | synced",
  "partly posted": "nothing | synced",
  "posted with another amount": "nothing | shown as amount_differs",
  "posted, changed since": "nothing | shown as changed_since_export",
  synced: NOTHING,
  "accepted again while exported": `${heldBy(OPEN)} | synced at once`,
  "changed and accepted again while exported": `${heldBy(OPEN)} | sent`,
  "accepted before its budget": always("waits"),
  "waiting behind a held one": always("waits"),
  "synced, with a held one before it": NOTHING,
};
/** The default where a document is accepted again and says what it said. */
const ACCEPTED: Fates = {
  ...LEFT_ALONE,
  ...at(NEVER_ACCEPTED, SENT),
  "claimed, not written": `written, then ${heldBy(OPEN)} | synced at once`,
  ...at(EXPORTED, `${heldBy(OPEN)} | synced at once`),
  "posted with another amount": `${heldBy(OPEN)} | shown as amount_differs, then ${heldBy(OPEN)}`,
  "posted, changed since": SENT,
  ...at(FREED, "synced at once | nothing"),
};
/** The default where it is accepted again and says something else. */
const CHANGED_AND_ACCEPTED: Fates = {
  ...ACCEPTED,
  "claimed, not written": `written, then ${heldBy(OPEN)} | sent`,
  ...at([...EXPORTED, ...AGAIN], `${heldBy(OPEN)} | sent`),
  ...at(FREED, SENT),
};
/** Where that is held by a rule: beside the open batch, and when that is posted. */
const heldBack = (rule: string): Partial<Fates> => ({
  "claimed, not written": `written, then ${heldBy(rule, OPEN)} | ${heldBy(rule)}`,
  ...at([...EXPORTED, ...AGAIN], `${heldBy(rule, OPEN)} | ${heldBy(rule)}`),
  "posted with another amount": `${heldBy(rule, OPEN)} | shown as amount_differs, then ${heldBy(rule, OPEN)}`,
  ...at(["posted, changed since", ...FREED], always(heldBy(rule))),
});
/** Where what is accepted and was never sent is held by a rule. */
const heldAtFirst = (rule: string): Partial<Fates> => ({
  ...at(["accepted", ...BEHIND_OTHERS], always(heldBy(rule))),
  held: always(heldBy(rule, "unmapped_cost_code")),
});
const heldOnceAccepted = (rule: string): Partial<Fates> => ({
  ...at(NEVER_ACCEPTED, always(heldBy(rule))),
  ...heldAtFirst(rule),
});

/** A modification is sent once: one that says something else afterwards is held, where a budget would be sent. */
const CHANGED_MODIFICATION = {
  "posted, changed since": always(heldBy(CHANGED)),
  "changed and accepted again while exported": `${heldBy(CHANGED, OPEN)} | ${heldBy(CHANGED)}`,
} as const;

const leftAlone: Fork = {
  budgets: LEFT_ALONE,
  modifications: {
    ...LEFT_ALONE,
    "changed and accepted again while exported":
      CHANGED_MODIFICATION["changed and accepted again while exported"],
  },
};
const accepted: Fork = { budgets: ACCEPTED, modifications: { ...ACCEPTED, ...CHANGED_MODIFICATION } };
const changedAndAccepted: Fork = {
  budgets: CHANGED_AND_ACCEPTED,
  modifications: { ...CHANGED_AND_ACCEPTED, ...heldBack(CHANGED) },
};
const except = (
  { budgets, modifications }: Fork,
  both: Partial<Fates>,
  ofBudgets: Partial<Fates> = {},
  ofModifications: Partial<Fates> = {},
): Fork => ({
  budgets: { ...budgets, ...both, ...ofBudgets },
  modifications: { ...modifications, ...both, ...ofModifications },
});

const putAside = except(leftAlone, {
  ...at(["accepted", "held", ...EXPORTED, "posted, changed since", ...AGAIN, ...BEHIND_OTHERS], NOTHING),
  "claimed, not written": "written | nothing",
});
const CLOSED = "job_closed";
const NO_CODE = "cost_code_not_in_sage";

const FATES: Readonly<Record<DocumentEvent, Fork>> = {
  "left alone": leftAlone,
  "accepted again, as it is": accepted,
  "accepted again with an amount up": changedAndAccepted,
  "accepted again with an amount down": changedAndAccepted,
  "accepted again with a line on another code": changedAndAccepted,
  "accepted again with one of four lines gone": changedAndAccepted,
  "accepted again with two of four lines gone": except(changedAndAccepted, {}, heldBack("lines_gone")),
  "changed, and not accepted": except(
    leftAlone,
    {
      "claimed, not written": "written | shown as changed_since_export",
      ...at(EXPORTED, "nothing | shown as changed_since_export"),
      "posted with another amount": "nothing | shown as amount_differs, then shown as changed_since_export",
    },
    at(AGAIN, `${heldBy(OPEN)} | sent`),
    at(AGAIN, `${heldBy(CHANGED, OPEN)} | ${heldBy(CHANGED)}`),
  ),
  deleted: except(leftAlone, {
    ...at(["accepted", "held", ...BEHIND_OTHERS], NOTHING),
    "claimed, not written": "written, then reported as gone | reported as gone",
    ...at([...EXPORTED, "posted, changed since", ...FREED, ...AGAIN], always("reported as gone")),
    "posted with another amount": "reported as gone | shown as amount_differs, then reported as gone",
  }),
  "deleted, made anew and accepted": except(
    accepted,
    {},
    {},
    {
      "claimed, not written": "written, then sent | synced",
      ...at([...EXPORTED, "posted, changed since", "synced", ...AGAIN], SENT),
      "posted with another amount": "sent | shown as unexpected",
      "synced, with a held one before it": always("waits"),
    },
  ),
  rejected: putAside,
  retrieved: putAside,
  "a code is mapped elsewhere": except(leftAlone, {}, at(AGAIN, `${heldBy(OPEN)} | sent`)),
  "a code is mapped elsewhere, then accepted again": {
    budgets: changedAndAccepted.budgets,
    modifications: accepted.modifications,
  },
  "its job is closed in Sage": except(
    leftAlone,
    { ...heldAtFirst(CLOSED), "claimed, not written": "written | nothing" },
    { "changed and accepted again while exported": `${heldBy(CLOSED, OPEN)} | ${heldBy(CLOSED)}` },
  ),
  "its job is closed in Sage, then accepted again as it is": except(
    accepted,
    { ...heldOnceAccepted(CLOSED), "claimed, not written": `written, then ${always(heldBy(OPEN))}` },
    {
      "posted, changed since": always(heldBy(CLOSED)),
      "changed and accepted again while exported": `${heldBy(CLOSED, OPEN)} | ${heldBy(CLOSED)}`,
    },
  ),
  "its job is closed in Sage, then accepted again with an amount up": except(
    changedAndAccepted,
    heldOnceAccepted(CLOSED),
    { ...heldBack(CLOSED), "claimed, not written": `written, then ${always(heldBy(CLOSED, OPEN))}` },
    { "claimed, not written": `written, then ${always(heldBy(CHANGED, OPEN))}` },
  ),
  // What was exported for the code finds no place in Sage: nothing of it is ever posted.
  "a code is taken out of Sage": except(
    leftAlone,
    {
      ...heldAtFirst(NO_CODE),
      "claimed, not written": "written | nothing",
      ...at(EXPORTED, NOTHING),
      ...at(AGAIN, always(heldBy(OPEN))),
    },
    {},
    { "changed and accepted again while exported": always(heldBy(CHANGED, OPEN)) },
  ),
  "a code is taken out of Sage, then accepted again as it is": except(
    accepted,
    {
      ...heldOnceAccepted(NO_CODE),
      "claimed, not written": `written, then ${always(heldBy(OPEN))}`,
      ...at([...EXPORTED, ...AGAIN], always(heldBy(OPEN))),
    },
    {},
    { "changed and accepted again while exported": always(heldBy(CHANGED, OPEN)) },
  ),
  "a code is taken out of Sage, then accepted again with its amount up": except(
    changedAndAccepted,
    heldOnceAccepted(NO_CODE),
    {
      ...heldBack(NO_CODE),
      "claimed, not written": `written, then ${always(heldBy(NO_CODE, OPEN))}`,
      ...at([...EXPORTED, ...AGAIN], always(heldBy(NO_CODE, OPEN))),
    },
    {
      "claimed, not written": `written, then ${always(heldBy(CHANGED, OPEN))}`,
      ...at([...EXPORTED, ...AGAIN], always(heldBy(CHANGED, OPEN))),
    },
  ),
  [RESTORED]: except(leftAlone, at(MODIFICATION_STATES, always("stopped by journal_behind_outbox"))),
};

/** The cells of an event: for each kind and state of a document the outcomes in words. */
export const decisionsOn = (event: DocumentEvent): (readonly [cell: string, outcome: string])[] => [
  ...BUDGET_STATES.map((state) => [`budget, ${state}`, FATES[event].budgets[state]] as const),
  ...MODIFICATION_STATES.map(
    (state) => [`modification, ${state}`, FATES[event].modifications[state]] as const,
  ),
];

/** docs/decisions.md: the table as a page. */
export function decisionsPage(): string {
  const cells = (states: readonly DocumentState[], fates: Fates, fate: Fate) => {
    const own = states.filter((state) => fates[state] === fate);
    return own.length === states.length ? "all" : own.join("; ");
  };
  const sections = DOCUMENT_EVENTS.map((event) => {
    const { budgets, modifications } = FATES[event];
    const fates = [
      ...BUDGET_STATES.map((state) => budgets[state]),
      ...MODIFICATION_STATES.map((state) => modifications[state]),
    ];
    const rows = [...new Set(fates)].map(
      (fate) =>
        `| ${fate} | ${cells(BUDGET_STATES, budgets, fate)} | ${cells(MODIFICATION_STATES, modifications, fate)} |`,
    );
    return [
      `## ${event[0]?.toUpperCase()}${event.slice(1)}`,
      "",
      "| next export | once all is posted | budgets that were | modifications that were |",
      "|---|---|---|---|",
      ...rows,
    ].join("\n");
  });
  return `${INTRODUCTION}\n${sections.join("\n\n")}\n`;
}

const INTRODUCTION = `# What becomes of a document

A document is a budget or a modification. It stands in some state, and somebody does something to it: a heading each.
The tables say what the next export does, and what follows when every entry in the outbox is imported and posted: what
the reconciliation finds, then what a further export does. A test does all of it and holds this page to what it saw.

| outcome | meaning |
|---|---|
| sent | in a batch of its own: of a budget the difference to what was sent before, of a modification all of it, once |
| written | the batch that an earlier run had claimed is now in the outbox, with what was claimed |
| synced at once | nothing differs: no batch, the document is free |
| synced | every entry was seen posted, equal to the cent |
| waits | for the budget, or for a modification that goes first |
| held by … | by that rule of [accountants.md](accountants.md#what-holds-mean), until its cause is gone |
| shown as … | a difference in the tie-out, by its state |
| reported as gone | a notice of the run; nothing is undone |
| stopped by … | the whole company, by that problem of [errors.md](errors.md) |
| nothing | the document is not this program's to move |

"Accepted again" is the first acceptance for a document that was not accepted before. A modification that is made anew
is another modification: unlike a budget it is sent again.
`;
