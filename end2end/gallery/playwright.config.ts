import base from '../playwright.config.ts'

export default { ...base, testDir: '.', testMatch: 'serve.ts', projects: [{ name: 'gallery' }], timeout: 0 }
