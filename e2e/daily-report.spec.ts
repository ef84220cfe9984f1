import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import path from 'node:path';
import { projectRoot } from '@/server/root';
import { signIn, uniqueName } from './support/people';
import { secretStoreRun } from './support/run';
import { expect, test } from './support/test';

const folder = path.join(projectRoot, 'examples/daily-report');
const right = 'correct horse battery staple, twice\\n$HOME';

/** The example's service, on a port that it chooses; its password goes in by standard input. */
async function startService(): Promise<{ address: string; stop: () => void }> {
  const service = spawn('python3', [path.join(folder, 'service.py')], { stdio: ['pipe', 'pipe', 'inherit'] });
  service.stdin.end(`${right}\n`);
  for await (const line of createInterface(service.stdout)) return { address: `http://127.0.0.1:${line}`, stop: () => service.kill() };
  throw new Error('The example’s service ended before it served.');
}

test('an algorithm that knows nothing of us signs in with the password that was stored for it in the page', async ({ page }) => {
  const service = await startService();
  const algorithm = uniqueName('daily_report');
  const dataDir = process.env.E2E_DATA_DIR ?? '';
  const report = () => secretStoreRun(dataDir, `admin/${algorithm}`, ['python3', path.join(folder, 'algorithm.py'), service.address]);
  try {
    await signIn(page);
    await page.getByRole('link', { name: 'Algorithms' }).first().click();
    await page.getByRole('link', { name: 'New algorithm' }).first().click();
    await page.getByLabel('Name').fill(algorithm);
    await page.getByRole('button', { name: /^Create/ }).click();
    await expect(page.getByRole('heading', { level: 1 })).toContainText(algorithm);

    const before = await report();
    expect(before).toMatchObject({ code: 3, stdout: '' });
    expect(before.stderr).toContain('REPORTS_PASSWORD is not set');

    await page.getByRole('link', { name: 'New secret' }).first().click();
    await page.getByLabel('Display name').fill('Reports password');
    await page.getByLabel('Environment variable name').fill('REPORTS_PASSWORD');
    await page.getByLabel('Value', { exact: true }).fill(right);
    await page.getByRole('button', { name: 'Create Secret' }).click();
    await expect(page.getByText('REPORTS_PASSWORD').first()).toBeVisible();
    await expect(page.getByText(/^Updated .* ago$/).first()).toBeVisible();
    expect(await page.content()).not.toContain(right);
    expect(await report()).toMatchObject({ code: 0, stdout: "Today's figure: 42\n", stderr: '' });

    await page.getByRole('link', { name: /^Update/ }).first().click();
    await expect(page.getByText(/Leave blank to keep/).first()).toBeVisible();
    await page.getByRole('button', { name: 'Replace' }).click();
    await page.getByLabel('Value', { exact: true }).fill('a wrong one');
    await page.getByRole('button', { name: /^(Update|Save)/ }).click();
    await expect(page.getByText('Version 2')).toBeVisible();
    const refused = await report();
    expect(refused).toMatchObject({ code: 2, stdout: '' });
    expect(refused.stderr).toContain('refused the password');

    await page.getByRole('button', { name: /^Remove/ }).first().click();
    await expect(page.getByRole('button', { name: 'Undo' })).toBeVisible();
    expect(await report()).toMatchObject({ code: 3, stdout: '' });
    await page.getByRole('button', { name: 'Undo' }).click();
    await expect(page.getByText('Version 2')).toBeVisible();
    expect(await report()).toMatchObject({ code: 2 });
  } finally {
    service.stop();
  }
});
