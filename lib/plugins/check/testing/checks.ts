import { mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { layered, type HostSettings } from '../../host/settings';
import { hostJar, testContainment, testJava } from '../../host/testing/clients';
import { checkPlugin, type CheckOptions, type CheckReport } from '../check';

/** Checks of one test and the folder that they work in. */
export class TestChecks {
  readonly folder = mkdtempSync(path.join(os.tmpdir(), 'secret-store-checks-test-'));
  /** for plugins that keep entries in files */
  readonly store = path.join(this.folder, 'store');

  constructor() {
    mkdirSync(this.store);
  }

  async run(jar: string, configuration: Record<string, string>, more: Partial<CheckOptions> = {}, settings: Partial<HostSettings> = {}): Promise<CheckReport> {
    return checkPlugin({
      jar,
      configuration,
      java: await testJava(),
      hostJar,
      containment: await testContainment('plain'),
      settings: layered({ callTimeoutMs: 60_000 }, settings),
      folder: path.join(this.folder, 'hosts'),
      ...more,
    });
  }

  /** Entries that are in the store, without drafts. */
  entries(): string[] {
    return readdirSync(this.store).filter((name) => !name.startsWith('.'));
  }

  end(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** Lends checks to a test, also to several at the same time. */
export async function withChecks(work: (checks: TestChecks) => Promise<void>): Promise<void> {
  const checks = new TestChecks();
  try {
    await work(checks);
  } finally {
    checks.end();
  }
}

/** The ids of what was broken. */
export const broken = ({ results }: CheckReport) => results.filter(({ status }) => status === 'failed').map(({ id }) => id);
