import { expect, test } from '../support/fixtures.ts'

const LANGUAGES = [
  { locale: 'de-AT', direction: 'ltr', name: 'Dein Name', join: 'Eintreten', message: 'Nachricht', send: 'Senden', taken: /vergeben/, people: 'Leute' },
  { locale: 'es-MX', direction: 'ltr', name: 'Tu nombre', join: 'Entrar', message: 'Mensaje', send: 'Enviar', taken: /en uso/, people: 'Gente' },
  { locale: 'ja-JP', direction: 'ltr', name: 'あなたの名前', join: '参加', message: 'メッセージ', send: '送信', taken: /使われている/, people: '参加者' },
  { locale: 'ar-EG', direction: 'rtl', name: 'اسمك', join: 'انضمام', message: 'الرسالة', send: 'إرسال', taken: /مستخدم/, people: 'الأشخاص' },
]

const SIZES = [
  { device: 'phone', viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true },
  { device: 'desktop', viewport: { width: 1440, height: 900 }, isMobile: false, hasTouch: false },
]

for (const { locale, direction, ...words } of LANGUAGES) {
  for (const { device, ...size } of SIZES) {
    test(`a browser that prefers ${locale} gets it on a ${device}`, async ({ visit, plain }) => {
      const bot = await plain('bot')
      bot.says('hello')
      await bot.receives('hello')
      const reader = await visit({ ...size, locale, timezoneId: 'Europe/Vienna' })
      const { page } = reader
      await expect(page.locator('html')).toHaveAttribute('lang', locale.slice(0, 2))
      await expect(page.locator('html')).toHaveAttribute('dir', direction)
      const nameBox = page.getByRole('textbox', { name: words.name })
      await nameBox.fill('bot')
      await page.getByRole('button', { name: words.join, exact: true }).click()
      await expect(nameBox).toHaveAccessibleDescription(words.taken)
      await nameBox.fill('Ana')
      await page.getByRole('button', { name: words.join, exact: true }).click()
      const composer = page.getByRole('textbox', { name: words.message, exact: true })
      await composer.fill('مرحبا bonjour')
      await page.getByRole('button', { name: words.send, exact: true }).click()
      await bot.receives('مرحبا bonjour')
      await bot.says('two words')
      await expect(page.getByText('two words', { exact: true })).toBeVisible()
      expect(await reader.scrollsSideways()).toBe(false)
      await page.screenshot({ path: test.info().project.outputDir + `/screens/language-${locale}-${device}.png` })
      // A message has its own text direction, whatever that of the page.
      const line = page.getByText('two words', { exact: true })
      expect(await line.evaluate((line) => getComputedStyle(line.closest('.body') ?? line).direction)).toBe('ltr')
      if (device === 'desktop') {
        const [rooms, people] = [page.locator('nav.rooms'), page.locator('aside.people')]
        const [left, right] = direction === 'ltr' ? [rooms, people] : [people, rooms]
        expect((await left.boundingBox())?.x).toBe(0)
        const box = await right.boundingBox()
        expect((box?.x ?? 0) + (box?.width ?? 0)).toBe(1440)
      } else {
        await page.locator('.opens-people').click()
        await expect(page.getByRole('list', { name: words.people })).toBeInViewport()
        await page.screenshot({ path: test.info().project.outputDir + `/screens/language-${locale}-people.png` })
        await page.keyboard.press('Escape')
      }
      expect(await page.locator('body').innerText()).not.toMatch(/\b(Message|People|Rooms|Join|Send|Search)\b/)
    })
  }
}

test('choosing another language keeps the draft', async ({ visit }) => {
  const ana = await (await visit()).joins('Ana')
  await ana.composer.fill('half a thought')
  await ana.page.getByRole('button', { name: 'Settings' }).click()
  await ana.loadAndHydrate(() => ana.page.getByText('Deutsch').click())
  const composer = ana.page.getByRole('textbox', { name: 'Nachricht', exact: true })
  await expect(composer).toHaveValue('half a thought')
  await expect(ana.page.locator('html')).toHaveAttribute('lang', 'de')
  await ana.page.getByRole('button', { name: 'Einstellungen' }).click()
  await ana.loadAndHydrate(() => ana.page.getByText('Wie der Browser').first().click())
  await expect(ana.composer).toHaveValue('half a thought')
})
