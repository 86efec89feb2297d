import { existsSync } from 'node:fs'
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core'

/** Where distributions put it. */
const places = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/lib/chromium/chromium']
const executablePath = places.find((place) => existsSync(place))

/** Why tests in a browser cannot run here; false where they can. */
export const skip = executablePath === undefined && 'Chromium is not installed (apt-get install chromium)'

/** A browser for a whole file of tests; a page of its own for each costs little. */
export async function launch(): Promise<Browser> {
  return chromium.launch({
    executablePath: executablePath as string,
    // Inside containers, where tests often run as root, its sandbox cannot be set up.
    args: ['--no-sandbox', '--disable-dev-shm-usage', '--disable-gpu'],
  })
}

export interface Visit extends AsyncDisposable {
  readonly page: Page
  /** What the browser complained of: errors, breaches of the policy, files that could not be had. */
  readonly complaints: readonly string[]
}

/** A page in a profile of its own, as somebody with these settings sees it. */
export async function visit(browser: Browser, options: BrowserContextOptions = {}): Promise<Visit> {
  const context = await browser.newContext({ locale: 'en-GB', ...options })
  const page = await context.newPage()
  page.setDefaultTimeout(15_000)
  const complaints: string[] = []
  page.on('console', (line) => {
    // A refusal is an answer like any other, though the console has it as an error.
    if (!line.text().startsWith('Failed to load resource: the server responded')) complaints.push(line.text())
  })
  page.on('pageerror', (error) => complaints.push(error.message))
  page.on('requestfailed', (request) => complaints.push(`${request.url()} failed`))
  return { page, complaints, [Symbol.asyncDispose]: () => context.close() }
}
