// The words of ONNX: which field of which message has which number, and the types of tensors.
// Source: https://github.com/onnx/onnx/blob/main/onnx/onnx.proto

export const MODEL = { irVersion: 1, producer: 2, graph: 7, opset: 8, metadata: 14 } as const;
export const OPSET = { domain: 1, version: 2 } as const;
export const GRAPH = { node: 1, name: 2, initializer: 5, input: 11, output: 12, sparse: 15 } as const;
export const NODE = { input: 1, output: 2, name: 3, op: 4, attribute: 5, domain: 7 } as const;
export const ATTRIBUTE = {
  ...({ name: 1, float: 2, int: 3, text: 4, tensor: 5, graph: 6, floats: 7, ints: 8, texts: 9, type: 20 } as const),
} as const;
export const ATTRIBUTE_TYPE = { float: 1, int: 2, text: 3, tensor: 4, floats: 6, ints: 7, texts: 8 } as const;
export const TENSOR = {
  ...({ dims: 1, type: 2, floats: 4, ints: 5, texts: 6, longs: 7, name: 8, raw: 9, doubles: 10 } as const),
  ...({ external: 13, location: 14 } as const),
} as const;
export const TYPE = {
  float: 1,
  uint8: 2,
  int32: 6,
  int64: 7,
  text: 8,
  bool: 9,
  half: 10,
  double: 11,
  bfloat: 16,
} as const;
export const VALUE = { name: 1, type: 2 } as const;
export const TENSOR_TYPE = { tensor: 1, element: 1, shape: 2, dimension: 1, size: 1, symbol: 2 } as const;
export const ENTRY = { key: 1, value: 2 } as const;

/** Key of the metadata under which a network's classes and loss travel. */
export const OWN_METADATA = "wasmlp";
