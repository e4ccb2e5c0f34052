// The suite of conformance.ts on every backend. Plain TypeScript is the twin whose bits the kernels must have, with
// either numerics.

import { loadBackend } from "../src/backend.js";
import { conformance } from "./conformance.js";

const js = () => loadBackend("js");
const fused = () => loadBackend("js", "fused");
const none = async () => null;

conformance({ name: "js", load: js, twin: none });
conformance({ name: "wasm", load: () => loadBackend("wasm"), twin: js });
conformance({ name: "fused js", load: fused, twin: none });
conformance({ name: "fused wasm", load: () => loadBackend("wasm", "fused"), twin: fused });
