/** The operations of both W3C protocols for controlling a browser, as far as the tests need them. */
export interface Protocol {
  /** The browser and its version. */
  readonly version: string
  /** Uncaught errors of pages, if the protocol reports them. */
  readonly errors: string[]
  /** Calls a function, given as source text, with a string; the function returns a promise of a string. */
  call(declaration: string, argument: string): Promise<string>
  /** Performs input actions, which are the same in both protocols: https://www.w3.org/TR/webdriver2/#actions */
  perform(actions: object[]): Promise<unknown>
  goto(url: string): Promise<unknown>
  reload(): Promise<unknown>
  /** Goes back in the history, like the browser's "back" button. */
  back(): Promise<unknown>
  /** Opens a tab and returns its id, without switching to it. */
  openTab(): Promise<string>
  currentTab(): Promise<string>
  switchTo(tab: string): Promise<unknown>
  closeTab(): Promise<unknown>
  end(): Promise<void>
}
