// Whether what a file or a caller brings is an encoding.

import { object, type Type } from "../options/type.js";
import type { Encoding, Feature } from "./encoding.js";

const KINDS = ["number", "date", "boolean"] as const;
const isText = (value: unknown): value is string => typeof value === "string";
const isList = (value: unknown, holds: (item: unknown) => boolean): value is readonly unknown[] =>
  Array.isArray(value) && Array.from(value).every(holds);
const differ = (values: readonly unknown[]) => new Set(values).size === values.length;

function isFeature(value: unknown): value is Feature {
  if (typeof value !== "object" || value === null) return false;
  const { name, kind, fill, missing, log1p, values, other } = value as Record<string, unknown>;
  if (!isText(name)) return false;
  const isValue = (one: unknown) => one === null || isText(one);
  if (kind === "category")
    return isList(values, isValue) && isList(other, isValue) && differ([...values, ...other]) && values.length > 0;
  if (!KINDS.includes(kind as (typeof KINDS)[number])) return false;
  return Number.isFinite(fill) && typeof missing === "boolean" && (log1p === undefined || log1p === true);
}

/** Whether `value` is an encoding: columns of different names, targets, every part of its type. */
export function isEncoding(value: unknown): value is Encoding {
  if (typeof value !== "object" || value === null) return false;
  const { features, target } = value as Record<string, unknown>;
  if (!isList(features, isFeature) || features.length === 0) return false;
  if (typeof target !== "object" || target === null) return false;
  const { names, classes } = target as Record<string, unknown>;
  const own = (features as readonly Feature[]).map(({ name }) => name);
  if (!isList(names, isText) || names.length === 0 || !differ([...own, ...names])) return false;
  return classes === null || (isList(classes, isText) && classes.length > 1 && differ(classes) && names.length === 1);
}

export const ENCODING: Type = object("the encoding of a data set or a network", isEncoding);
