// Shapes: of an example, of a tensor, of a dataset in a file.

/** Numbers in a shape: the product of its sides, 1 for []. */
export function product(shape: readonly number[]): number {
  return shape.reduce((count, side) => count * side, 1);
}
