import AxeBuilder from '@axe-core/playwright'
import type { Page } from '@playwright/test'

/**
 * The serious and critical accessibility violations that axe finds on the page, each with its elements. An additional
 * rule checks that the visible label of a control is in its accessible name, which voice control depends on.
 */
export async function seriousViolations(page: Page) {
  const rules = { 'label-content-name-mismatch': { enabled: true } }
  const { violations } = await new AxeBuilder({ page }).options({ rules }).analyze()
  const serious = violations.filter(({ impact }) => impact === 'serious' || impact === 'critical')
  return serious.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' … ')}`)
}
