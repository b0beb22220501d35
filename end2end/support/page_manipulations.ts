import type { Page } from '@playwright/test'

/** Delays the page's WASM until the returned function is called. */
export async function delayWasm(page: Page) {
  let release = () => {}
  const released = new Promise<void>((resolve) => (release = resolve))
  await page.route('**/*.wasm', async (route) => {
    await released
    await route.continue()
  })
  return release
}

const nonce = (html: string) => /nonce="([^"]+)"/.exec(html)![1]

/** Applies a change to the server-rendered HTML of the app only. */
const inApp = (change: (app: string) => string) => (html: string) =>
  html.replace(/(<div id="app"[^>]*>)(.*)(<\/div><noscript>)/s, (_, begin, app, end) => begin + change(app) + end)

const NAME_FIELD = /<input [^>]*id="nickname"[^>]*>/
const TEXT = />([^<]*[^<\s][^<]*)</g

/** Modifications of pages by proxies, extensions and translators. */
export const MANIPULATIONS: Record<string, (html: string) => string> = {
  'an element at the start of the body': (html) => html.replace('<body>', '<body><div class="bar">A bar</div>'),
  'a script at the start of the body': (html) =>
    html.replace('<body>', `<body><script nonce="${nonce(html)}">window.injected = true</script>`),
  'a text at the start of the body': (html) => html.replace('<body>', '<body>text'),
  'an element at the end of the body': (html) => html.replace('</body>', '<x-toolbar></x-toolbar></body>'),
  'another element around the body’s content': (html) =>
    html.replace('<body>', '<body><main>').replace('</body>', '</main></body>'),
  'comments stripped': (html) => html.replace(/<!--.*?-->|<!>/gs, ''),
  'comments replaced by longer ones': (html) => html.replaceAll('<!>', '<!-- a proxy was here -->'),
  'white space between elements removed': inApp((app) => app.replace(/>\s+</g, '><')),
  'white space between elements added': inApp((app) => app.replaceAll('><', '>\n<')),
  'an element beside the name field': (html) => html.replace(NAME_FIELD, '$&<x-password-manager></x-password-manager>'),
  'an input before the name field': (html) => html.replace(NAME_FIELD, '<input>$&'),
  'an element around the name field': (html) => html.replace(NAME_FIELD, '<span>$&</span>'),
  'a translation': inApp((app) => app.replace(TEXT, '><font><font>$1 (translated)</font></font><')),
  'an element of the expected tag at the start of the app': inApp((app) => `<div></div>${app}`),
  'an element of the expected tag in a list': inApp((app) => app.replace(/<ul[^>]*>/, '$&<li></li>')),
  'an element of the expected tag in the app’s root': inApp((app) => app.replace(/<nav/, '<nav></nav><nav')),
  'a form around everything': inApp((app) => `<form>${app}</form>`),
  'a message twice': inApp((app) => app.replace(/<article.*?<\/article>/s, '$&$&')),
  'a side removed': inApp((app) => app.replace(/<aside.*?<\/aside>/s, '')),
  'the mark of the structure removed': (html) => html.replace(/ data-structure="[^"]*"/, ''),
  'the container unwrapped': (html) => html.replace(/<div id="app"[^>]*>(.*)<\/div>(<noscript>)/s, '$1$2'),
  'everything removed': inApp(() => ''),
}
