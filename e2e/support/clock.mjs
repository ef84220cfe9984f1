// Loaded into the product's Node processes by NODE_OPTIONS: their clock differs from the machine's by as many milliseconds
// as the file TEST_CLOCK says at the moment, so that a test can set it while they run.
import { readFileSync } from 'node:fs';

const Machine = Date;
let offset = 0;
let read = Number.NEGATIVE_INFINITY;

function now() {
  if (performance.now() - read > 50) {
    read = performance.now();
    offset = Number(readFileSync(process.env.TEST_CLOCK ?? '', 'utf8'));
  }
  return Machine.now() + offset;
}

globalThis.Date = new Proxy(Machine, {
  construct: (_target, args) => (args.length === 0 ? new Machine(now()) : new Machine(...args)),
  apply: () => new Machine(now()).toString(),
  get: (target, key) => (key === 'now' ? now : Reflect.get(target, key)),
});
