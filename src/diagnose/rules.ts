// What the doctor knows: a row for each finding, in the order of causes before effects. A rule looks at the run and
// says what is wrong in one sentence, with the number that shows it and what to change; or null. It measures nothing
// itself.

import { COURSE_RULES, notFinite } from "./rules/course.js";
import { DATA_RULES, IMBALANCE_RULES, LATE_DATA_RULES } from "./rules/data.js";
import { DESIGN_RULES, LATE_DESIGN_RULES, OUTPUT_RULES } from "./rules/design.js";
import { SYMMETRY_RULES, WEIGHT_RULES } from "./rules/weights.js";
import type { Rule } from "./run.js";

export { notFinite };

/** Rules that need no course of the cost: they can tell why it never was one. */
export const CAUSES: readonly Rule[] = [
  ...OUTPUT_RULES,
  ...DATA_RULES,
  ...SYMMETRY_RULES,
  ...DESIGN_RULES,
  ...WEIGHT_RULES,
  ...IMBALANCE_RULES,
];

/** All rules; not-finite is told by the training itself, in the step that met it. */
export const RULES: readonly Rule[] = [...CAUSES, ...LATE_DESIGN_RULES, ...COURSE_RULES, ...LATE_DATA_RULES];
