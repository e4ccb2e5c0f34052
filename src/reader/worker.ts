// The thread behind src/reader.ts, in Node and in browsers: reads one file, and is ended by whoever started it. Built by
// scripts/build.ts to a text inside the package, as bundles of other programs have no file of ours.

import { port } from "../host.js";
import { limitMemory } from "./memory.js";
import { buffersOf, type ReadReply, type ReadRequest, replyTo } from "./protocol.js";
import { TASKS } from "./tasks.js";

const { post, listen } = port<ReadRequest, ReadReply>();

listen(async (request) => {
  limitMemory(request.memory);
  post({ begins: true });
  const last = await replyTo(TASKS, request);
  post(last, buffersOf(last));
});
