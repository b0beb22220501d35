import AxeBuilder from '@axe-core/playwright'
import type { Page } from '@playwright/test'

/**
 * What axe finds on the page that is serious, each with the elements that it is about. Besides its usual rules it checks
 * that what is seen on a control is in its name: who controls the page by voice says what they see.
 */
export async function seriousProblems(page: Page) {
  const rules = { 'label-content-name-mismatch': { enabled: true } }
  const { violations } = await new AxeBuilder({ page }).options({ rules }).analyze()
  const serious = violations.filter(({ impact }) => impact === 'serious' || impact === 'critical')
  return serious.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' … ')}`)
}
