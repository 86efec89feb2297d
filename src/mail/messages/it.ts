import type { Messages } from './words.ts'

export const it: Messages = {
  verification: {
    subject: 'Grazie per la registrazione',
    opening: 'Per confermare il Suo indirizzo e-mail, apra questo link in un browser:',
    closing:
      'Il link è valido per {{duration}}. Se non si è registrato/a su {{site}}, ignori questo messaggio.',
  },
  resetPassword: {
    subject: 'Reimpostazione della password',
    opening:
      'Per scegliere una nuova password per il Suo account su {{site}}, apra questo link in un browser:',
    closing:
      'Il link funziona una sola volta ed è valido per {{duration}}. Se non l’ha richiesto Lei, ignori questo messaggio: la Sua password resta invariata.',
  },
  passwordChanged: {
    subject: 'La Sua password è stata modificata',
    opening: 'La password del Suo account su {{site}} è stata modificata.',
    closing:
      'Se è stato/a Lei, non deve fare nulla. In caso contrario, richieda subito una nuova password e si assicuri che nessun altro possa leggere la Sua posta.',
  },
  emailChanged: {
    subject: 'Il Suo indirizzo e-mail è stato modificato',
    opening:
      'L’indirizzo e-mail del Suo account su {{site}} è stato cambiato in {{newEmail}}. Se non è stato/a Lei, annulli la modifica aprendo questo link in un browser:',
    closing: 'Il link è valido per {{duration}}. Se è stato/a Lei, non deve fare nulla.',
  },
  accountExists: {
    subject: 'Lei ha già un account',
    opening:
      'Qualcuno, forse Lei, ha provato a registrarsi su {{site}} con questo indirizzo e-mail. Esiste già un account con questo indirizzo, e non è stato modificato.',
    closing:
      'Se è stato/a Lei, acceda come di consueto oppure, se ha dimenticato la password, ne richieda una nuova. In caso contrario, ignori questo messaggio.',
  },
}
