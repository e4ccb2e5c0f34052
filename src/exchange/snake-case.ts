/** The name of a class as Keras makes a layer's of it: batch_normalization, p_re_lu. */
export function snakeCase(kind: string): string {
  return kind
    .replace(/(.)([A-Z][a-z]+)/g, "$1_$2")
    .replace(/([a-z])([A-Z])/g, "$1_$2")
    .toLowerCase();
}
