// Node's public surface: every name of src/index.ts, but HDF5 is read in a short-lived worker thread.

export * from "../index.js";
export { readHdf5, readHdf5Examples } from "./hdf5.js";
