declare global {
  // biome-ignore-start lint/suspicious/noEmptyInterface: what they hold is the engine's to say
  interface AbortSignal {}
  interface URL {}
  interface Response {}
  namespace WebAssembly {
    interface Module {}
    interface Memory {}
  }
  // biome-ignore-end lint/suspicious/noEmptyInterface: as above
  interface SymbolConstructor {
    readonly dispose: unique symbol;
  }
}

/** Bytes in memory of their own, as Blob and fetch take them; a plain Uint8Array before TypeScript 5.7. */
export type Bytes = ReturnType<typeof Uint8Array.of>;
