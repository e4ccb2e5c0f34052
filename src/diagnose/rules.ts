// What the doctor knows: a row for each finding, in the order of causes before effects. A rule looks at the run and
// says what is wrong in one sentence, with the number that shows it and what to change; or null. It measures nothing
// itself.

import { COLUMN_RULES, COPY_RULES } from "./rules/columns.js";
import { COURSE_RULES, notFinite } from "./rules/course.js";
import { DESIGN_RULES, LATE_DESIGN_RULES, OUTPUT_RULES } from "./rules/design.js";
import { CLASS_RULES, IMBALANCE_RULES, LABEL_RULES, LATE_DATA_RULES, ORDER_RULES } from "./rules/labels.js";
import { PART_RULES } from "./rules/parts.js";
import { SYMMETRY_RULES, WEIGHT_RULES } from "./rules/weights.js";
import type { Rule } from "./run.js";

export { notFinite };

/** Rules that need no course of the cost: they can tell why it never was one. */
export const CAUSES: readonly Rule[] = [
  ...OUTPUT_RULES,
  ...CLASS_RULES,
  ...PART_RULES,
  ...ORDER_RULES,
  ...COLUMN_RULES,
  ...LABEL_RULES,
  ...COPY_RULES,
  ...SYMMETRY_RULES,
  ...DESIGN_RULES,
  ...WEIGHT_RULES,
  ...IMBALANCE_RULES,
];

/** All rules; not-finite is told by the training itself, in the step that met it. */
export const RULES: readonly Rule[] = [...CAUSES, ...LATE_DESIGN_RULES, ...COURSE_RULES, ...LATE_DATA_RULES];
