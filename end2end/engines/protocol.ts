/** What both of W3C's protocols for driving a browser can do, as far as the tests need it. */
export interface Protocol {
  /** The browser and its version. */
  readonly version: string
  /** Errors that pages did not catch, where the protocol tells them. */
  readonly errors: string[]
  /** Calls a function, given as text, with a text; it returns a promise of one. */
  call(declaration: string, argument: string): Promise<string>
  /** Performs input: https://www.w3.org/TR/webdriver2/#actions, which is the same in both. */
  perform(actions: object[]): Promise<unknown>
  goto(url: string): Promise<unknown>
  reload(): Promise<unknown>
  /** As the browser's "back" button. */
  back(): Promise<unknown>
  /** Opens a tab and returns its id. The current one stays the current one. */
  openTab(): Promise<string>
  currentTab(): Promise<string>
  switchTo(tab: string): Promise<unknown>
  closeTab(): Promise<unknown>
  end(): Promise<void>
}
