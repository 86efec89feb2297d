import { digestOf, randomToken } from '../../base/secrets.ts'
import type { Context } from '../context.ts'
import type { LetterName, ReadyLetter, WaitingLetter } from '../letters.ts'
import type { User } from '../model/user.ts'
import type { MailedPurpose, Storage } from '../storage.ts'
import { issueResetToken } from './reset-token.ts'

/** Letters of a kind that anybody can ask for, which one account gets within an hour. */
const mostAnHour = 5
const hourMs = 60 * 60 * 1_000
/** A link to confirm an address is good for a day (ASVS 6.5.5 wants mailed secrets short-lived; mail can be slow). */
const verificationTtl = 24 * 60 * 60
/** Whoever is robbed of an account over a long week-end can still undo it. */
const undoTtl = 72 * 60 * 60

/**
 * Makes a letter ready to go, with the token it carries, which is made this very moment: until now nobody knew it, and
 * a stolen copy of the database holds none.
 * @returns undefined when nobody needs the letter any more: the user is gone, has proved the address, or has another
 */
export async function readyLetter(context: Context, letter: WaitingLetter): Promise<ReadyLetter | undefined> {
  return context.storage.transaction(async (transaction) => {
    const user = await userOf(transaction, letter)
    if (!user || !isDue(letter, user) || (await isTooMany(context, transaction, letter, user)))
      return undefined
    const proof = await proofs[letter.name]?.(context, transaction, user, letter)
    return {
      name: letter.name,
      to: letter.name === 'emailChanged' ? letter.email : user.email,
      userId: user.id,
      email: user.email,
      language: { preferred: user.properties.language, accepted: letter.language },
      ...(proof ? { proof } : {}),
    }
  })
}

function userOf({ users }: Storage, { userId, email, realm }: WaitingLetter): Promise<User | undefined> {
  if (userId !== undefined) return users.findById(userId)
  return users.findByLogin(realm === undefined ? { email } : { email, realm })
}

function isDue({ name, email }: WaitingLetter, user: User): boolean {
  return name !== 'verification' || (user.email === email && user.emailVerified !== true)
}

async function isTooMany(
  { clock }: Context,
  { outbox }: Storage,
  letter: WaitingLetter,
  user: User,
): Promise<boolean> {
  const now = clock()
  const others = await outbox.markReady(letter, user.id, now, new Date(now.getTime() - hourMs))
  // What tells of a change is never held back: a flood of changes is what it warns of.
  const isNotice = letter.name === 'passwordChanged' || letter.name === 'emailChanged'
  return !isNotice && others >= mostAnHour
}

type ProofMaker = (
  context: Context,
  transaction: Storage,
  user: User,
  letter: WaitingLetter,
) => Promise<NonNullable<ReadyLetter['proof']>>

const proofs: Partial<Record<LetterName, ProofMaker>> = {
  verification: (context, transaction, { id, email }) =>
    issueMailedToken(context, transaction, { userId: id, email, purpose: 'verification' }, verificationTtl),

  emailChanged: (context, transaction, { id }, { email }) =>
    issueMailedToken(context, transaction, { userId: id, email, purpose: 'undoEmail' }, undoTtl),

  async resetPassword(context, transaction, { id }) {
    const { secret, token } = await issueResetToken(context, transaction, id)
    return { token: secret, ttl: token.ttl }
  },
}

async function issueMailedToken(
  { clock }: Context,
  { mailedTokens }: Storage,
  about: { userId: User['id']; email: string; purpose: MailedPurpose },
  ttl: number,
): Promise<{ token: string; ttl: number }> {
  const token = randomToken()
  const expiresAt = new Date(clock().getTime() + ttl * 1_000)
  await mailedTokens.insert({ id: digestOf(token), ...about, expiresAt })
  return { token, ttl }
}
