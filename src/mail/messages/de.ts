import type { Messages } from './words.ts'

export const de: Messages = {
  verification: {
    subject: 'Danke für Ihre Registrierung',
    opening: 'Bitte bestätigen Sie Ihre E-Mail-Adresse, indem Sie diesen Link in einem Browser öffnen:',
    closing:
      'Der Link ist {{duration}} gültig. Wenn Sie sich nicht bei {{site}} registriert haben, ignorieren Sie diese Nachricht bitte.',
  },
  resetPassword: {
    subject: 'Ihr neues Passwort',
    opening:
      'Wählen Sie ein neues Passwort für Ihr Konto bei {{site}}, indem Sie diesen Link in einem Browser öffnen:',
    closing:
      'Der Link funktioniert einmal und ist {{duration}} gültig. Wenn Sie ihn nicht angefordert haben, ignorieren Sie diese Nachricht bitte: Ihr Passwort bleibt, wie es ist.',
  },
  passwordChanged: {
    subject: 'Ihr Passwort wurde geändert',
    opening: 'Das Passwort Ihres Kontos bei {{site}} wurde geändert.',
    closing:
      'Wenn Sie das selbst waren, brauchen Sie nichts zu tun. Wenn nicht, fordern Sie dort bitte sofort ein neues Passwort an und stellen Sie sicher, dass niemand sonst Ihre E-Mails lesen kann.',
  },
  emailChanged: {
    subject: 'Ihre E-Mail-Adresse wurde geändert',
    opening:
      'Die E-Mail-Adresse Ihres Kontos bei {{site}} wurde in {{newEmail}} geändert. Wenn Sie das nicht selbst waren, machen Sie die Änderung rückgängig, indem Sie diesen Link in einem Browser öffnen:',
    closing: 'Der Link ist {{duration}} gültig. Wenn Sie das selbst waren, brauchen Sie nichts zu tun.',
  },
  accountExists: {
    subject: 'Sie haben bereits ein Konto',
    opening:
      'Jemand, vielleicht Sie selbst, wollte sich bei {{site}} mit dieser E-Mail-Adresse registrieren. Zu ihr gehört bereits ein Konto, und daran wurde nichts geändert.',
    closing:
      'Wenn Sie das waren, melden Sie sich wie gewohnt an, oder fordern Sie ein neues Passwort an, falls Sie Ihres vergessen haben. Wenn nicht, ignorieren Sie diese Nachricht bitte.',
  },
}
