import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { Room } from '../pages/room.ts'
import { expect, test, watch } from '../support/fixtures.ts'

/** Browser features that are denied, each in the way that the browser reports it. */
const MODES: Record<string, () => void> = {
  'local and session storage throw when they are looked at': () => {
    const get = () => {
      throw new DOMException('Access is denied for this document.', 'SecurityError')
    }
    for (const name of ['localStorage', 'sessionStorage']) Object.defineProperty(window, name, { get })
  },
  'there is no local or session storage': () => {
    for (const name of ['localStorage', 'sessionStorage']) Object.defineProperty(window, name, { value: null })
  },
  'the disk is full': () => {
    const full = () => {
      throw new DOMException('The quota has been exceeded.', 'QuotaExceededError')
    }
    Storage.prototype.setItem = full
    IDBObjectStore.prototype.put = full
  },
  'the database throws when it is looked at': () => {
    const get = () => {
      throw new DOMException('The operation is insecure.', 'SecurityError')
    }
    Object.defineProperty(window, 'indexedDB', { get })
  },
  'there is no database': () => Object.defineProperty(window, 'indexedDB', { value: undefined }),
  'the database throws when it is opened': () => {
    IDBFactory.prototype.open = () => {
      throw new DOMException('The user denied permission to access the database.', 'UnknownError')
    }
  },
  'the database refuses to be opened': () => {
    const { open } = IDBFactory.prototype
    IDBFactory.prototype.open = function (name) {
      open.call(this, name, 2).onupgradeneeded = (event) => (event.target as IDBOpenDBRequest).transaction!.abort()
      return open.call(this, name, 1)
    }
  },
  'the database never opens': () => {
    IDBFactory.prototype.open = () => new EventTarget() as IDBOpenDBRequest
  },
  'the database opens and never answers': () => {
    const silent = () => new EventTarget() as IDBRequest
    Object.assign(IDBObjectStore.prototype, { get: silent, getAll: silent, getAllKeys: silent })
  },
  'service workers throw when they are looked at': () => {
    const get = () => {
      throw new DOMException('Service worker is disabled.', 'SecurityError')
    }
    Object.defineProperty(navigator, 'serviceWorker', { get })
  },
  'service workers are refused': () => {
    const refuse = () => Promise.reject(new DOMException('The operation is insecure.', 'SecurityError'))
    Object.assign(ServiceWorkerContainer.prototype, { register: refuse, getRegistration: refuse })
  },
  'service workers throw when they are registered': () => {
    const refuse = () => {
      throw new DOMException('The operation is insecure.', 'SecurityError')
    }
    Object.assign(ServiceWorkerContainer.prototype, { register: refuse, getRegistration: refuse })
  },
  'locks are refused': () => {
    LockManager.prototype.request = () => Promise.reject(new DOMException('Access is denied.', 'SecurityError'))
  },
  'locks throw when they are asked for': () => {
    LockManager.prototype.request = () => {
      throw new DOMException('The operation is insecure.', 'SecurityError')
    }
  },
  'cookies throw when they are looked at': () => {
    const deny = () => {
      throw new DOMException('Access is denied for this document.', 'SecurityError')
    }
    Object.defineProperty(document, 'cookie', { get: deny, set: deny })
  },
  'notifications have no permission': () => Object.assign(window, { Notification: class {} }),
  'notifications throw when they are looked at': () => {
    const get = () => {
      throw new DOMException('Access is denied for this document.', 'SecurityError')
    }
    Object.defineProperty(window, 'Notification', { get })
  },
}

for (const [mode, before] of Object.entries(MODES)) {
  test(`chatting works where ${mode}`, async ({ visit, plain }) => {
    const bot = await plain('bot')
    const ana = await (await visit({ before, permissions: ['notifications'] })).joins('ana')
    await ana.says('from ana')
    await bot.receives('from ana')
    bot.says('@ana from bot')
    await ana.reads('from ana', '@ana from bot')
    await ana.makesRoom('art')
    bot.says('@ana look here')
    await expect(ana.room('lobby')).toHaveAccessibleName(/1/)
    await ana.goesTo('lobby')
    await ana.reload()
    await ana.reads('from ana', '@ana from bot', '@ana look here')
    await ana.says('from ana, again')
    await bot.receives('from ana', 'from ana, again')
  })
}

test('chatting works if the browser blocks all site data', async ({ server, plain, playwright }, { project }) => {
  const bot = await plain('bot')
  const profile = mkdtempSync(join(tmpdir(), 'parlor-profile-'))
  mkdirSync(join(profile, 'Default'))
  // "Block all cookies" in Chromium's settings; access to its storage throws then.
  const blocked = { profile: { default_content_setting_values: { cookies: 2 } } }
  writeFileSync(join(profile, 'Default', 'Preferences'), JSON.stringify(blocked))
  const browser = { ...project.use.launchOptions, baseURL: server.address }
  const context = await playwright.chromium.launchPersistentContext(profile, browser)
  const problems: string[] = []
  const page = await context.newPage()
  watch(page, problems)
  const ana = new Room(page)
  await ana.open()
  expect(await page.evaluate(() => { try { return String(localStorage) } catch (error) { return (error as Error).name } })).toBe('SecurityError')
  await ana.joins('ana')
  await ana.says('from ana')
  await bot.receives('from ana')
  await ana.makesRoom('art')
  await ana.composer.fill('a draft')
  await ana.goesTo('lobby')
  await ana.goesTo('art')
  await expect(ana.composer).toHaveValue('a draft')
  // Nothing is stored beyond the page, not even the name.
  await ana.composer.fill('')
  await ana.reload()
  await ana.page.goto('/')
  await ana.joins('ana again')
  await ana.reads('from ana')
  await ana.says('from ana, again')
  await bot.receives('from ana', 'from ana, again')
  await context.close()
  rmSync(profile, { recursive: true })
  expect(problems, 'console errors').toEqual([])
})
