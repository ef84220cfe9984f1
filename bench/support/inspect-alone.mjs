// node inspect-alone.mjs THREAD JAR ROUNDS: inspects a JAR as the server does, in a process that does nothing else, and
// prints times in milliseconds, memory over what was there, and how long the event loop was held up.
import { Worker } from 'node:worker_threads';

const [thread, path, rounds] = process.argv.slice(2);
const before = process.memoryUsage.rss();
let peak = before;
let held = 0;
let last = performance.now();
const watch = setInterval(() => {
  const now = performance.now();
  held = Math.max(held, now - last - 5);
  last = now;
  peak = Math.max(peak, process.memoryUsage.rss());
}, 5);
const times = [];
const cpus = [];
for (let round = 0; round < Number(rounds); round++) {
  const cpu = process.cpuUsage();
  const began = performance.now();
  const answer = await new Promise((resolve, reject) => {
    const worker = new Worker(thread, { workerData: { path, factory: 'com.example.Factory' }, env: {}, resourceLimits: { maxOldGenerationSizeMb: 192, maxYoungGenerationSizeMb: 8 } });
    worker.once('message', resolve);
    worker.once('error', reject);
  });
  if (answer.inspection?.candidates.length !== 1) throw new Error(JSON.stringify(answer));
  times.push(performance.now() - began);
  const { user, system } = process.cpuUsage(cpu);
  cpus.push((user + system) / 1000);
}
clearInterval(watch);
process.stdout.write(JSON.stringify({ times, cpus, memory: (peak - before) / 2 ** 20, held }));
