import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import type { Browser, Page } from 'playwright-core'
import { LatchkeyError } from '../../src/base/errors.ts'
import { allWords } from '../../src/http/pages/language.ts'
import { render } from '../../src/http/pages/layout.ts'
import {
  confirmedPage,
  deadLinkPage,
  failedPage,
  resetPage,
  sentPage,
  undoEmailPage,
} from '../../src/http/pages/pages.ts'
import { type House, linkIn, openHouse, password } from '../open-house.ts'
import { launch, skip, visit } from './chromium.ts'

const email = 'foo@bar.com'
const newPassword = 'tulip anvil harbour'
const tooLong = new LatchkeyError('PASSWORD_TOO_LONG', { values: [72, 80] })
const longAddress = { email: `${'marie-antoinette.'.repeat(3)}@subdomain.example.com` }
const samples = [
  confirmedPage,
  deadLinkPage('confirm'),
  failedPage(new LatchkeyError('USER_NOT_FOUND', { values: ['x'.repeat(200)] })),
  resetPage(longAddress, undefined),
  resetPage(longAddress, 15, tooLong),
  sentPage,
  undoEmailPage,
]

const wordySamples = [deadLinkPage('confirm'), resetPage(longAddress, 15, tooLong), undoEmailPage]

describe('the pages, in Chromium', { skip }, () => {
  let browser: Browser
  before(async () => {
    browser = await launch()
  })
  after(() => browser?.close())

  for (const javaScriptEnabled of [true, false]) {
    const how = javaScriptEnabled ? 'with JavaScript' : 'without JavaScript'

    it(`lead from sign-up to a confirmed address ${how}`, async () => {
      await using house = await openHouse({ user: { emailVerificationRequired: true } })
      await using visitor = await visit(browser, { javaScriptEnabled })
      const { page, complaints } = visitor
      await house.post('/users', { email, password })
      const link = await newestLink(house, 1)
      await page.goto(link)
      assert.equal(page.url(), `${house.url}/`)
      await page.getByRole('heading', { name: 'Your e-mail address is confirmed', level: 1 }).waitFor()
      await house.login(email)

      await page.goto(link)
      await page.getByRole('heading', { name: 'This link is no longer good' }).waitFor()
      await page.getByLabel('E-mail address').fill(email)
      await page.getByRole('button', { name: 'Send a new link' }).click()
      await page.getByRole('heading', { name: 'Look into your mail' }).waitFor()
      assert.deepEqual(complaints, [])
    })

    it(`lead from a dead link to a new password ${how}`, async () => {
      await using house = await openHouse({}, [email])
      await using visitor = await visit(browser, { javaScriptEnabled })
      const { page, complaints } = visitor
      await page.goto(`${house.url}/api/users/reset-password?access_token=dead`)
      await page.getByLabel('E-mail address').fill(email)
      await page.getByRole('button', { name: 'Send a new link' }).click()
      await page.getByRole('heading', { name: 'Look into your mail' }).waitFor()

      await page.goto(await newestLink(house, 1))
      await page.getByLabel('New password').fill('x'.repeat(80))
      await page.getByRole('button', { name: 'Set password' }).click()
      await page.getByText('That is too long').waitFor()
      assert.equal(await page.getByLabel('New password').inputValue(), '')

      await page.getByLabel('New password').fill(newPassword)
      await page.getByRole('button', { name: 'Set password' }).click()
      await page.getByRole('heading', { name: 'Your password has been changed' }).waitFor()
      await house.login(email, newPassword)
      assert.deepEqual(complaints, [])
    })
  }

  it('take an e-mail address back at the push of a button', async () => {
    await using house = await openHouse({}, [email])
    await using visitor = await visit(browser, { locale: 'de-DE', javaScriptEnabled: false })
    const { page, complaints } = visitor
    const token = await house.login(email)
    await house.request('PATCH', '/users/1', { email: 'thief@bar.com' }, { token })
    await page.goto(await newestLink(house, 1))
    await page.getByRole('button', { name: 'Meine Adresse zurückholen' }).click()
    await page.getByRole('heading', { name: 'Ihre alte E-Mail-Adresse ist zurück' }).waitFor()
    await house.login(email)
    assert.deepEqual(complaints, [])
  })

  it('tell assistive technology what there is and what is wrong', async () => {
    await using house = await openHouse({}, [email])
    await using visitor = await visit(browser)
    const { page } = visitor
    await house.post('/users/reset', { email })
    await page.goto(await newestLink(house, 1))
    await page.getByLabel('New password').fill('x'.repeat(80))
    await page.keyboard.press('Enter')
    await page.getByText('That is too long').waitFor()
    assert.equal(await page.title(), 'Choose a new password')
    assert.equal(await page.getByRole('main').getByRole('heading').count(), 1)
    assert.equal(await page.getByLabel('E-mail address').inputValue(), email)
    const tree = await page.locator('body').ariaSnapshot()
    assert.match(tree, /heading "Choose a new password" \[level=1\]/)
    assert.match(tree, /textbox "New password"/)
    assert.match(tree, /button "Set password"/)
    assert.doesNotMatch(tree, /img/)
    const described = await page.evaluate(
      `document.getElementById('newPassword').getAttribute('aria-describedby').split(' ')
        .map((id) => document.getElementById(id).textContent)`,
    )
    const { hint, tooLong: sentence } = (allWords.en as (typeof allWords)[string]).choose
    assert.deepEqual(described, [sentence.replace('{max}', '72'), hint])
  })

  it('can be used with the keyboard alone, in the order of reading, seeing where one is', async () => {
    await using house = await openHouse({}, [email])
    await using visitor = await visit(browser)
    const { page } = visitor
    await house.post('/users/reset', { email })
    await page.goto(await newestLink(house, 1))
    const focused = 'document.activeElement.id || document.activeElement.localName'
    const ring = 'getComputedStyle(document.activeElement).outline'
    assert.equal(await page.evaluate(focused), 'newPassword')
    await page.keyboard.type(newPassword)
    await page.keyboard.press('Tab')
    assert.equal(await page.evaluate(focused), 'button')
    assert.match(await page.evaluate(ring), /solid 3px/)
    await page.keyboard.press('Shift+Tab')
    await page.keyboard.press('Shift+Tab')
    assert.equal(await page.evaluate(focused), 'username')
    assert.match(await page.evaluate(ring), /solid 3px/)
    await page.keyboard.press('Tab')
    await page.keyboard.press('Enter')
    await page.getByRole('heading', { name: 'Your password has been changed' }).waitFor()
    await house.login(email, newPassword)
  })

  it('fit on a phone 320 pixels wide, also with text twice as large', async () => {
    await using visitor = await visit(browser, { viewport: { width: 320, height: 640 } })
    const { page } = visitor
    for (const [language, words] of Object.entries(allWords)) {
      // In every language those with most to say.
      for (const sample of language === 'en' ? samples : wordySamples) {
        const content = sample(words)
        await page.setContent(render(content, language))
        for (const size of ['', '200%']) {
          const width = await page.evaluate(
            `document.documentElement.style.fontSize = '${size}'; document.documentElement.scrollWidth`,
          )
          assert.equal(width, 320, `${language} ${size}: ${content.title}`)
        }
      }
    }
  })

  for (const colorScheme of ['light', 'dark'] as const) {
    it(`can be read: text has contrast enough when it is ${colorScheme}`, async () => {
      await using visitor = await visit(browser, { colorScheme })
      const { page } = visitor
      const grounds = new Set<string>()
      for (const sample of samples) {
        await page.setContent(render(sample(allWords.en as (typeof allWords)[string]), 'en'))
        for (const { name, text, edge, ground, outside } of await coloursOf(page)) {
          grounds.add(outside)
          assert.ok(contrast(text, ground) >= 4.5, `${name}: ${text} on ${ground}`)
          if (edge) assert.ok(contrast(edge, outside) >= 3, `${name}: edge ${edge} on ${outside}`)
        }
      }
      const [ground = ''] = grounds
      assert.equal(luminance(ground) > 0.5, colorScheme === 'light')
    })
  }
})

async function newestLink(house: House, atLeast: number): Promise<string> {
  return linkIn((await house.mails(atLeast)).at(-1) ?? '')
}

interface Colours {
  readonly name: string
  readonly text: string
  /** Of a field one can write into. */
  readonly edge: string | undefined
  readonly ground: string
  readonly outside: string
}

/** The colours of all that has text, and what lies behind it, as the browser has worked them out. */
async function coloursOf(page: Page): Promise<Colours[]> {
  return page.evaluate(`(() => {
    const clear = 'rgba(0, 0, 0, 0)'
    const groundOf = (one) => {
      const { backgroundColor } = getComputedStyle(one)
      return backgroundColor === clear ? groundOf(one.parentElement) : backgroundColor
    }
    return [...document.querySelectorAll('h1, p, label, input, button')].map((one) => {
      const { color, borderTopColor } = getComputedStyle(one)
      return {
        name: one.localName + '.' + one.className + '#' + one.id,
        text: color,
        edge: one.matches('input:not([readonly])') ? borderTopColor : undefined,
        ground: groundOf(one),
        outside: groundOf(one.parentElement),
      }
    })
  })()`)
}

/** WCAG 2.2's contrast ratio of two colours written `rgb(r, g, b)`. */
function contrast(one: string, other: string): number {
  const [dark = 0, light = 0] = [luminance(one), luminance(other)].sort((a, b) => a - b)
  return (light + 0.05) / (dark + 0.05)
}

function luminance(colour: string): number {
  const [red = 0, green = 0, blue = 0] = (colour.match(/\d+/g) ?? []).map((digits) => {
    const part = Number(digits) / 255
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4
  })
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue
}
