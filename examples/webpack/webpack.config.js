// as-loader with the options of wasmlp's own build; asc-compat adds the one that as-loader does not know.

export default {
  mode: "production",
  entry: "./main.js",
  performance: { hints: false }, // HDF5 support is large, but a file that this page does not load
  module: {
    rules: [
      {
        test: /\.ts$/,
        loader: "as-loader",
        options: {
          optimizeLevel: 2,
          shrinkLevel: 0,
          noAssert: true,
          runtime: "stub",
          exportRuntime: false,
          importMemory: true,
          noExportMemory: true,
          enable: ["simd"],
        },
      },
    ],
  },
};
