#!/usr/bin/env node
// npm test: every stage, each timed. `npm test -- lint unit` runs those alone.
import { spawn } from 'node:child_process';
import { ensureChromium } from './chromium.mjs';
import { ensurePluginsAndVault } from './jdk.mjs';

const npm = (script) => ['npm', ['run', '--silent', script]];
const stages = [
  { name: 'build', title: 'Build', command: npm('build') },
  { name: 'lint', title: 'Lint, layers included', command: npm('lint') },
  { name: 'types', title: 'Types', command: npm('types') },
  { name: 'unit', title: 'Unit tests', command: npm('test:unit') },
  { name: 'integration', title: 'Integration tests on a real PostgreSQL', command: npm('test:integration') },
  { name: 'plugins', title: 'Plugin host on a real JVM, good, wrong and hostile plugins', command: npm('test:plugins'), before: ensurePluginsAndVault },
  { name: 'java', title: 'Java tests of the plugins', command: ['mvn', ['-q', '-B', '-ntp', '-f', 'plugins', 'verify']], before: ensurePluginsAndVault },
  { name: 'process', title: 'Start, crash and stop of the whole product', command: npm('test:process') },
  { name: 'e2e', title: 'End-to-end tests in Chromium', command: npm('test:e2e'), before: ensureChromium },
];

function run([command, args]) {
  return new Promise((resolve) => {
    const child = spawn(command, args, { stdio: ['ignore', 'inherit', 'inherit'] });
    child.on('error', (error) => {
      console.error(error.message);
      resolve(1);
    });
    child.on('exit', (code, signal) => resolve(signal ? 1 : code));
  });
}

const wanted = process.argv.slice(2);
const unknown = wanted.find((name) => !stages.some((stage) => stage.name === name));
if (unknown !== undefined) {
  console.error(`There is no stage ${unknown}; there are ${stages.map(({ name }) => name).join(', ')}.`);
  process.exit(1);
}

const results = [];
for (const { name, title, command, before } of stages) {
  if (wanted.length > 0 && !wanted.includes(name)) continue;
  console.log(`\n▸ ${title}`);
  const began = performance.now();
  let code;
  try {
    await before?.();
    code = await run(command);
  } catch (error) {
    console.error(error.message);
    code = 1;
  }
  results.push({ title, seconds: (performance.now() - began) / 1000, passed: code === 0 });
  // Without a build nothing that follows says anything.
  if (name === 'build' && code !== 0) break;
}

console.log('');
for (const { title, seconds, passed } of results) console.log(`${passed ? '✓' : '✗'} ${title} (${seconds.toFixed(1)} s)`);
process.exitCode = results.every(({ passed }) => passed) ? 0 : 1;
