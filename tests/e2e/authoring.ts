import AxeBuilder from "@axe-core/playwright";
import { expect, type Page } from "@playwright/test";

/** Nothing on the page stands against WCAG 2.2 AA. Looks from the top: what the bar of the page covers half while one scrolls counts as too small a target. */
export async function axe(page: Page): Promise<void> {
  await page.evaluate(() => window.scrollTo(0, 0));
  const { violations } = await new AxeBuilder({ page }).withTags(["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]).analyze();
  expect(violations.map((v) => [v.id, v.nodes.map((n) => n.html.slice(0, 160))])).toEqual([]);
}

/** Fields of a part of a master by their labels: text is typed, `true` ticked, `{ choose }` chosen. */
export type Fields = Readonly<Record<string, string | true | { readonly choose: string }>>;

/** Fills the form of a part. */
export async function fill(page: Page, fields: Fields): Promise<void> {
  for (const [label, value] of Object.entries(fields)) {
    const field = page.locator(".part-form").getByLabel(label, { exact: true });
    if (value === true) await field.check();
    else if (typeof value === "string") await field.fill(value);
    else await field.selectOption(value.choose);
  }
}

/** Opens the form for a new part of the master edited at `edit`, fills it and adds it. */
export async function addPart(page: Page, edit: string, { query, word, fields }: { readonly query: string; readonly word: string; readonly fields: Fields }): Promise<void> {
  await page.goto(`${edit}?part=${query}`);
  await fill(page, fields);
  await page.getByRole("button", { name: `Add ${word}`, exact: true }).click();
  await expect(page.getByRole("status").filter({ hasText: "Added" })).toBeVisible();
}
