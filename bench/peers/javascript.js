// The libraries in JavaScript, driven line by line as peers.py is: {"create": …} or {"step": n} in, one line of JSON out.

import { readFileSync } from "node:fs";
import { createInterface } from "node:readline";

// a small file is read into a part of a buffer
const read = (file) => new Uint8Array(readFileSync(file)).buffer;
const FILES = { x: Uint8Array, y: Int32Array, a: Float32Array, b: Float32Array, rows: Float32Array, onnx: Uint8Array };

/** The arrays of a work, which lie in files. */
function arraysOf({ files, layers }) {
  const { weights, ...others } = files;
  const named = Object.entries(others).map(([name, file]) => [name, new FILES[name](read(file))]);
  return { ...Object.fromEntries(named), ...(weights && { weights: weightsOf(read(weights), layers) }) };
}

function weightsOf(buffer, layers) {
  let at = 0;
  const next = (length) => {
    at += 4 * length;
    return new Float32Array(buffer, at - 4 * length, length);
  };
  return layers.slice(1).map((units, l) => ({ weight: next(units * layers[l]), bias: next(units) }));
}

let machine;
async function answer({ create, from, work, step }) {
  if (create) {
    const { peers } = await import(`./${from}`);
    machine = await peers[create]({ ...work, ...arraysOf(work) });
    return { ready: true };
  }
  const costs = [];
  const start = performance.now();
  for (let i = 0; i < step; i++) {
    const cost = await machine();
    if (cost !== undefined) costs.push(cost);
  }
  return { seconds: (performance.now() - start) / 1000, costs };
}

const say = console.log;
console.log = console.error; // of a library that is talkative
for await (const line of createInterface({ input: process.stdin })) {
  const told = await answer(JSON.parse(line)).catch((error) => ({ failed: error.message ?? String(error) }));
  say(JSON.stringify(told));
}
process.exit(); // some of the libraries leave timers behind
