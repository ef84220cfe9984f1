#!/usr/bin/env node
import { existsSync } from 'node:fs';

const bundle = new URL('../../dist/server/admin.mjs', import.meta.url);
if (existsSync(bundle)) {
  await import(bundle.href);
} else {
  console.error('secret-store-admin is not built yet: run npm start or npm run build once.');
  process.exit(1);
}
