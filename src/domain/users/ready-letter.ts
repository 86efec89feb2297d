import { digestOf, randomToken } from '../../base/secrets.ts'
import type { Context } from '../context.ts'
import type { LetterName, ReadyLetter, WaitingLetter } from '../letters.ts'
import { countLetter, type MailLimit, type MailName } from '../limits/limits.ts'
import type { User } from '../model/user.ts'
import type { LoginName, MailedToken, MailedTokenStore, Storage } from '../storage.ts'
import { holdByLogin } from './mailbox.ts'
import { issueResetToken } from './reset-token.ts'
import { isPerRealm } from './uniqueness.ts'

/** A link to confirm an address is good for a day (ASVS 6.5.5 wants mailed secrets short-lived; mail can be slow). */
const verificationTtl = 24 * 60 * 60
/** What a link is said to be good for, where it has lived for a while already: nobody plans by less. */
const quarterMs = 15 * 60 * 1_000

/**
 * Makes a letter ready to go, with the token it carries, which is made this very moment: until now nobody knew it, and
 * a stolen copy of the database holds none.
 * @returns undefined when nobody needs the letter any more: the user is gone or blocked, has proved the address, or has another
 */
export async function readyLetter(context: Context, letter: WaitingLetter): Promise<ReadyLetter | undefined> {
  return context.storage.transaction(async (transaction) => {
    const user = await userOf(transaction, letter)
    if (!user || (user.blockedAt && !isNotice(letter))) return undefined
    if (!(await isDue(transaction, letter, user))) return undefined
    if (await isTooMany(context, transaction, letter, user)) return undefined
    const proof = await proofs[letter.name]?.(context, transaction, user, letter)
    return {
      name: letter.name,
      to: isNotice(letter) ? letter.email : user.email,
      userId: user.id,
      email: user.email,
      language: { preferred: user.properties.language, accepted: letter.language },
      ...(proof ? { proof } : {}),
    }
  })
}

function userOf(transaction: Storage, { userId, email, realm }: WaitingLetter): Promise<User | undefined> {
  if (userId !== undefined) return transaction.users.findById(userId)
  return holdByLogin(transaction, realm === undefined ? { email } : { email, realm })
}

async function isDue(
  { mailedTokens }: Storage,
  { id, name, email }: WaitingLetter,
  user: User,
): Promise<boolean> {
  if (name === 'verification') return user.email === email && user.emailVerified !== true
  // A change that has been undone, or one before it, cannot be undone from here any more.
  if (name === 'emailChanged') return (await mailedTokens.expiryOf(id)) !== undefined
  return true
}

/** What tells of a change goes to the address of that time, also to whom is blocked. */
function isNotice({ name }: WaitingLetter): boolean {
  return name === 'passwordChanged' || name === 'emailChanged'
}

/**
 * Counted by the address and not by the account: accounts can take the same address in turn, and be deleted. A letter is
 * counted once, however often it is tried; one that nobody is there for, not at all.
 */
async function isTooMany(
  { clock, settings }: Context,
  { counters, outbox }: Storage,
  letter: WaitingLetter,
  user: User,
): Promise<boolean> {
  const now = clock()
  await outbox.markReady(letter.id, user.id, now)
  const limitName = limitNames[letter.name]
  const most = limitName ? settings.rateLimit[limitName] : mostNotices
  if (!most || letter.attempts > 1) return false
  return !(await countLetter({ counters, now }, letter.name, most, mailboxOf(letter, user, settings)))
}

/** An address may be several people's where it is in several realms; what nobody can ask for keeps them apart. */
function mailboxOf(letter: WaitingLetter, { email, realm }: User, settings: Context['settings']): LoginName {
  if (!isNotice(letter)) return { email }
  return isPerRealm(settings) ? { email: letter.email, realm: realm ?? '' } : { email: letter.email }
}

/** Those that anybody can ask for. */
const limitNames: Partial<Record<LetterName, MailName>> = {
  resetPassword: 'reset',
  verification: 'verify',
  accountExists: 'verify',
}

/**
 * The others: whoever changes their address to a stranger's, and away again, has us write to a stranger. Of several
 * changes in an hour the first has been told, and from there all of them can be undone.
 */
const mostNotices: MailLimit = { mailbox: 10, window: 60 * 60 }

type ProofMaker = (
  context: Context,
  transaction: Storage,
  user: User,
  letter: WaitingLetter,
) => Promise<NonNullable<ReadyLetter['proof']>>

const proofs: Partial<Record<LetterName, ProofMaker>> = {
  async verification(context, { mailedTokens }, { id, email }) {
    const expiresAt = new Date(context.clock().getTime() + verificationTtl * 1_000)
    const token = await issueMailedToken(mailedTokens, {
      userId: id,
      email,
      purpose: 'verification',
      expiresAt,
    })
    return { token, ttl: verificationTtl }
  },

  async emailChanged({ clock }, { mailedTokens }, { id }, letter) {
    const expiresAt = (await mailedTokens.expiryOf(letter.id)) as Date
    const about = { userId: id, email: letter.email, purpose: 'undoEmail', expiresAt } as const
    const quarters = Math.round((expiresAt.getTime() - clock().getTime()) / quarterMs)
    return { token: await issueMailedToken(mailedTokens, about), ttl: (quarters * quarterMs) / 1_000 }
  },

  async resetPassword(context, transaction, { id }, { attempts, createdAt }) {
    // An earlier try of this very letter may have arrived although nobody noticed, so what it carried stays good.
    await transaction.tokens.deleteResets(id, attempts > 1 ? createdAt : undefined)
    const { secret, token } = await issueResetToken(context, transaction, id)
    return { token: secret, ttl: token.ttl }
  },
}

async function issueMailedToken(
  mailedTokens: MailedTokenStore,
  about: Omit<MailedToken, 'id'>,
): Promise<string> {
  const token = randomToken()
  await mailedTokens.insert({ id: digestOf(token), ...about })
  return token
}
