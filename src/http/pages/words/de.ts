import type { Words } from '../words.ts'

export const de: Words = {
  root: { title: 'Latchkey', text: 'Der Kontendienst läuft.' },
  confirmed: {
    title: 'Ihre E-Mail-Adresse ist bestätigt',
    text: 'Sie können sich jetzt anmelden und diese Seite schließen.',
  },
  deadLink: {
    title: 'Dieser Link gilt nicht mehr',
    confirm:
      'Er wurde schon benutzt oder ist abgelaufen. Falls Sie Ihre Adresse schon bestätigt haben, melden Sie sich einfach an. Sonst lassen Sie sich einen neuen Link schicken.',
    resetPassword:
      'Er wurde schon benutzt oder ist abgelaufen. Lassen Sie sich einen neuen Link an Ihre Adresse schicken.',
    undoEmail: 'Er wurde schon benutzt oder ist abgelaufen. Es wurde jetzt nichts geändert.',
  },
  email: 'E-Mail-Adresse',
  sendLink: 'Neuen Link schicken',
  sent: {
    title: 'Sehen Sie in Ihre Mail',
    text: 'Wenn an diese Adresse ein Link gehen kann, ist er unterwegs. Das kann einige Minuten dauern. Sehen Sie auch unter Spam nach.',
  },
  choose: {
    title: 'Neues Passwort wählen',
    label: 'Neues Passwort',
    hint: 'Lang ist besser als kompliziert: zum Beispiel ein paar Wörter, die nichts miteinander zu tun haben.',
    button: 'Passwort setzen',
    empty: 'Geben Sie ein neues Passwort ein.',
    tooLong: 'Das ist zu lang: Platz ist für {max} Buchstaben und Ziffern, für weniger Umlaute und Zeichen.',
    atLeast: 'Mindestens {min} Zeichen.',
    common: 'Das ist eines der Passwörter, die alle zuerst probieren. Wählen Sie ein anderes.',
    personal:
      'Das ist kaum mehr als Ihre Adresse, Ihr Name oder der Name dieser Seite. Wählen Sie etwas anderes.',
    breached: 'Dieses Passwort ist aus einem Datenleck bekannt. Wählen Sie ein anderes.',
    refused: 'Dieses Passwort geht nicht. Wählen Sie ein anderes.',
  },
  chosen: {
    title: 'Ihr Passwort ist geändert',
    text: 'Sie können sich jetzt mit dem neuen anmelden und diese Seite schließen.',
  },
  undo: {
    title: 'Ihre E-Mail-Adresse zurückholen?',
    text: 'Die Adresse Ihres Kontos wurde geändert. Falls Sie das nicht waren, holen Sie die alte zurück. Alle, die an diesem Konto angemeldet sind, werden abgemeldet.',
    button: 'Meine Adresse zurückholen',
  },
  undone: {
    title: 'Ihre alte E-Mail-Adresse ist zurück',
    text: 'Alle wurden abgemeldet. Falls nicht Sie sie geändert hatten, wählen Sie jetzt ein neues Passwort.',
  },
  failed: {
    title: 'Das hat nicht geklappt',
    request: 'An der Anfrage stimmt etwas nicht. Öffnen Sie den Link in der Mail noch einmal, und zwar ganz.',
    missing: 'Wohin dieser Link führt, das gibt es nicht.',
    busy: 'Im Augenblick ist zu viel zu tun. Versuchen Sie es in einer Minute noch einmal.',
    ours: 'Bei uns ist etwas schiefgegangen. Versuchen Sie es später noch einmal.',
  },
}
