import { centsOf, formatMoneyForPeople } from "../core/money.ts";
import type { CompanyExport } from "../run/export/export.ts";
import type { Story } from "./story.ts";

/** The import files that an export wrote, with their totals. */
export const tellBatches = ({ batches }: CompanyExport, story: Story): void =>
  story.table(
    [
      { title: "Import file", value: ({ name }) => name },
      { title: "Lines", value: ({ lines }) => String(lines), align: "right" },
      { title: "Amount", value: (file) => formatMoneyForPeople(centsOf(file.amount_total)), align: "right" },
    ],
    batches.flatMap(({ files }) => files),
  );
