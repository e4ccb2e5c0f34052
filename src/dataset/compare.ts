// Whether two data sets are of one kind, as a training and a test set must be.

import { InputError } from "../errors.js";
import { namesOf, withClasses } from "./classes.js";
import type { Dataset } from "./types.js";

/** Throws E_FEATURES or E_CLASSES when `test` is not of `train`'s kind: other features, other classes. */
export function checkSameKind(train: Dataset, test: Dataset): void {
  if (test.features !== train.features) {
    throw new InputError(
      "E_FEATURES",
      `the test set has ${test.features} features, the training set ${train.features}; pass files of one kind.`,
    );
  }
  if (train.classes === null || test.classes === null) {
    if (train.classes === null && test.classes === null) {
      if (train.outputs === test.outputs) return;
      throw new InputError(
        "E_CLASSES",
        `the test set has ${test.outputs} numbers to predict, the training set ${train.outputs}; pass files of one kind.`,
      );
    }
    throw new InputError(
      "E_CLASSES",
      "one of training and test set has labels, the other numbers to predict; pass files of one kind.",
    );
  }
  // a smaller set may lack some
  if (withClasses(test, train.classes)) return;
  throw new InputError(
    "E_CLASSES",
    `the test set has the classes ${namesOf(test.classes)}, the training set ${namesOf(train.classes)}; pass files of one kind.`,
  );
}
