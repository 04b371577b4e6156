import { createClient } from 'matterstream';
import { type Browser, type Page, chromium } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Site, openSite, password } from '../../examples/browser/server.js';
import { chromiumLaunchOptions } from '../../scripts/lib/chromium.mjs';

let browser: Browser;
let site: Site;

beforeAll(async () => {
  [browser, site] = await Promise.all([chromium.launch(chromiumLaunchOptions()), openSite()]);
});

afterAll(async () => {
  await browser.close();
  await site.close();
});

/** One of the people, at a page of their own, logged in through its form. What goes wrong in the page is collected. */
async function visit(username: string): Promise<{ readonly page: Page; readonly problems: readonly string[] }> {
  const context = await browser.newContext({ viewport: { width: 1000, height: 640 } });
  const page = await context.newPage();
  const problems: string[] = [];
  page.on('pageerror', (error) => problems.push(error.message));
  await page.goto(site.urlFor(username));
  await page.getByLabel('User name').fill(username);
  await page.getByLabel('Password').fill(password);
  await page.getByRole('button', { name: 'Log in' }).click();
  await page.locator('#connection[data-status=ready]').waitFor();
  return { page, problems };
}

const typing = (page: Page): Promise<string | null> => page.locator('#typing').textContent();

describe('the example page in Chromium', () => {
  it('shows who is typing while they type, until they stop or post', async () => {
    const alice = await visit('alice');
    const bob = await visit('bob');
    const message = alice.page.getByLabel('Message');

    await message.pressSequentially('Hello ');
    await expect.poll(() => typing(bob.page)).toBe('alice is typing…');
    expect(await typing(alice.page)).toBe('');
    await expect.poll(() => typing(bob.page), { timeout: 10_000 }).toBe('');

    await message.pressSequentially('<b>Bob</b>');
    await expect.poll(() => typing(bob.page)).toBe('alice is typing…');
    await message.press('Enter');
    await bob.page.locator('#posts li', { hasText: 'Hello <b>Bob</b>' }).waitFor();
    expect(await typing(bob.page)).toBe('');
    expect(await message.inputValue()).toBe('');
    expect([...alice.problems, ...bob.problems]).toEqual([]);
    await Promise.all([alice, bob].map(({ page }) => page.context().close()));
  });

  it('shows who is here, and how they are', async () => {
    const { page, problems } = await visit('alice');
    const dot = page.locator('#members li', { hasText: 'alice' }).locator('.dot');
    await expect.poll(() => dot.getAttribute('data-status')).toBe('online');
    await page.getByLabel('Your status').selectOption('dnd');
    await expect.poll(() => dot.getAttribute('data-status')).toBe('dnd');
    expect(problems).toEqual([]);
    await page.context().close();
  });

  it('says that the session was ended, and takes a new login', async () => {
    const { page } = await visit('carol');
    const admin = createClient({
      url: site.server.url,
      auth: site.server.createUser({ username: 'root', admin: true }),
    });
    const { id } = await admin.users.getUserByUsername('carol');
    await admin.users.revokeAllSessions(id);
    admin.close();
    await page.getByText('Your session has ended').waitFor({ timeout: 10_000 });
    await page.getByRole('button', { name: 'Log in again' }).click();
    await page.getByLabel('User name').fill('carol');
    await page.getByLabel('Password').fill(password);
    await page.getByRole('button', { name: 'Log in', exact: true }).click();
    await page.locator('#connection[data-status=ready]').waitFor();
    await page.context().close();
  });

  it('says why a login was refused', async () => {
    const page = await browser.newPage();
    await page.goto(site.urlFor('bob'));
    await page.getByLabel('User name').fill('bob');
    await page.getByLabel('Password').fill('not-his-1');
    await page.getByRole('button', { name: 'Log in' }).click();
    await page.locator('#login-error', { hasText: /password/ }).waitFor();
    await page.close();
  });
});
