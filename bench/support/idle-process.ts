import { monitorEventLoopDelay } from "node:perf_hooks";

/**
 * A process that does nothing, beside the one that is measured: how late its event loop is, is what the machine's other
 * work costs anybody. Every message is answered with the delay since the last one.
 */
const delay = monitorEventLoopDelay({ resolution: 5 });
delay.enable();
process.on("message", () => {
  process.send?.({ idleP99Ms: delay.percentile(99) / 1e6, idleMaxMs: delay.max / 1e6 });
  delay.reset();
});
