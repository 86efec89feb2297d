import type { Messages } from './words.ts'

export const nl: Messages = {
  verification: {
    subject: 'Bedankt voor uw registratie',
    opening: 'Bevestig uw e-mailadres door deze link in een browser te openen:',
    closing:
      'De link is {{duration}} geldig. Hebt u zich niet geregistreerd bij {{site}}, dan kunt u dit bericht negeren.',
  },
  resetPassword: {
    subject: 'Uw wachtwoord opnieuw instellen',
    opening:
      'Kies een nieuw wachtwoord voor uw account bij {{site}} door deze link in een browser te openen:',
    closing:
      'De link werkt één keer en is {{duration}} geldig. Hebt u er niet om gevraagd, dan kunt u dit bericht negeren: uw wachtwoord blijft zoals het is.',
  },
  passwordChanged: {
    subject: 'Uw wachtwoord is gewijzigd',
    opening: 'Het wachtwoord van uw account bij {{site}} is gewijzigd.',
    closing:
      'Was u dit zelf, dan hoeft u niets te doen. Zo niet, vraag daar dan meteen een nieuw wachtwoord aan en controleer of niemand anders uw e-mail kan lezen.',
  },
  emailChanged: {
    subject: 'Uw e-mailadres is gewijzigd',
    opening:
      'Het e-mailadres van uw account bij {{site}} is gewijzigd in {{newEmail}}. Was u dit niet zelf, maak de wijziging dan ongedaan door deze link in een browser te openen:',
    closing: 'De link is {{duration}} geldig. Was u dit zelf, dan hoeft u niets te doen.',
  },
  accountExists: {
    subject: 'U hebt al een account',
    opening:
      'Iemand, misschien uzelf, wilde zich bij {{site}} registreren met dit e-mailadres. Er hoort al een account bij, en daaraan is niets gewijzigd.',
    closing:
      'Was u dit zelf, log dan in zoals gewoonlijk, of vraag een nieuw wachtwoord aan als u het uwe vergeten bent. Zo niet, dan kunt u dit bericht negeren.',
  },
}
