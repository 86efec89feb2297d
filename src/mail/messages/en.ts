import type { Messages } from './words.ts'

export const en: Messages = {
  verification: {
    subject: 'Thanks for Registering',
    opening: 'Please verify your email by opening this link in a web browser:',
    closing: 'The link is good for {{duration}}. If you did not sign up at {{site}}, ignore this message.',
  },
  resetPassword: {
    subject: 'Reset your password',
    opening: 'Choose a new password for your account at {{site}} by opening this link in a web browser:',
    closing:
      'The link works once and is good for {{duration}}. If you did not ask for it, ignore this message: your password stays as it is.',
  },
  passwordChanged: {
    subject: 'Your password was changed',
    opening: 'The password of your account at {{site}} was changed.',
    closing:
      'If it was you, there is nothing to do. If it was not, ask for a new password there at once, and make sure that nobody else can read your mail.',
  },
  emailChanged: {
    subject: 'Your email address was changed',
    opening:
      'The email address of your account at {{site}} was changed to {{newEmail}}. If it was not you, undo the change by opening this link in a web browser:',
    closing: 'The link is good for {{duration}}. If it was you, there is nothing to do.',
  },
  accountExists: {
    subject: 'You already have an account',
    opening:
      'Somebody, perhaps you, tried to sign up at {{site}} with this email address. It already has an account, and nothing about that was changed.',
    closing:
      'If it was you, log in as usual, or ask for a new password if you have forgotten yours. If it was not you, ignore this message.',
  },
}
