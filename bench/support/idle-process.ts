import { watchEventLoop } from "./event-loop.ts";

/**
 * A process that does nothing, beside the one that is measured: how late its event loop is, is what the machine's other
 * work costs anybody. Every message is answered with the delay since the last one.
 */
const eventLoop = watchEventLoop();
process.on("message", () => {
  const { p99Ms, maxMs } = eventLoop.take();
  process.send?.({ idleP99Ms: p99Ms, idleMaxMs: maxMs });
});
