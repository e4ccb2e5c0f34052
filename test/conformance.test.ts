// The suite of conformance.ts on every backend. Plain TypeScript is the twin whose bits the default kernels must have;
// the relaxed ones promise no bits.

import { loadBackend } from "../src/backend.js";
import { conformance } from "./conformance.js";

const js = () => loadBackend("js");
const none = async () => null;

conformance({ name: "js", load: js, twin: none });
conformance({ name: "wasm", load: () => loadBackend("wasm"), twin: js });
conformance({ name: "relaxed", load: () => loadBackend("relaxed"), twin: none });
