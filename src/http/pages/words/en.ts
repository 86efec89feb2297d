import type { Words } from '../words.ts'

export const en: Words = {
  root: { title: 'Latchkey', text: 'The accounts service is running.' },
  confirmed: {
    title: 'Your e-mail address is confirmed',
    text: 'You can now log in, and close this page.',
  },
  deadLink: {
    title: 'This link is no longer good',
    confirm:
      'It has been used, or has expired. If you have confirmed your address already, just log in. If not, have a new link sent to it.',
    resetPassword: 'It has been used, or has expired. Have a new link sent to your address.',
    undoEmail: 'It has been used, or has expired. Nothing has been changed now.',
  },
  email: 'E-mail address',
  sendLink: 'Send a new link',
  sent: {
    title: 'Look into your mail',
    text: 'If a link can be sent to this address, it is on its way. That may take a few minutes. Look among unwanted mail, too.',
  },
  choose: {
    title: 'Choose a new password',
    label: 'New password',
    hint: 'Long is better than complicated: a few words that have nothing to do with each other, for example.',
    button: 'Set password',
    empty: 'Enter a new password.',
    tooLong: 'That is too long: there is room for {max} letters and digits, and for fewer accents or signs.',
    atLeast: 'At least {min} characters.',
    common: 'That is one of the passwords everybody tries first. Choose another one.',
    personal:
      'That is little more than your address, your name or the name of this site. Choose something else.',
    breached: 'That password is known from a data breach. Choose another one.',
    refused: 'This password cannot be used. Choose another one.',
  },
  chosen: {
    title: 'Your password has been changed',
    text: 'You can now log in with the new one, and close this page.',
  },
  undo: {
    title: 'Take your e-mail address back?',
    text: 'The address of your account was changed. If that was not you, bring the old one back. Everybody who is logged in to the account will be logged out.',
    button: 'Bring my address back',
  },
  undone: {
    title: 'Your old e-mail address is back',
    text: 'Everybody has been logged out. If it was not you who changed it, choose a new password now.',
  },
  failed: {
    title: 'That did not work',
    request: 'Something about the request is not right. Open the link in the mail once more, whole.',
    missing: 'What this link leads to does not exist.',
    busy: 'There is too much to do at the moment. Try again in a minute.',
    ours: 'Something went wrong on our side. Try again later.',
  },
}
