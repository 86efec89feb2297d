import type { Messages } from './words.ts'

export const fr: Messages = {
  verification: {
    subject: 'Merci de votre inscription',
    opening: 'Veuillez confirmer votre adresse e-mail en ouvrant ce lien dans un navigateur\u00a0:',
    closing:
      'Le lien est valable pendant {{duration}}. Si vous ne vous êtes pas inscrit(e) sur {{site}}, ignorez ce message.',
  },
  resetPassword: {
    subject: 'Réinitialisation de votre mot de passe',
    opening:
      'Choisissez un nouveau mot de passe pour votre compte sur {{site}} en ouvrant ce lien dans un navigateur\u00a0:',
    closing:
      'Le lien ne fonctionne qu’une fois et reste valable pendant {{duration}}. Si vous ne l’avez pas demandé, ignorez ce message\u00a0: votre mot de passe reste inchangé.',
  },
  passwordChanged: {
    subject: 'Votre mot de passe a été modifié',
    opening: 'Le mot de passe de votre compte sur {{site}} a été modifié.',
    closing:
      'Si c’était vous, vous n’avez rien à faire. Sinon, demandez-y tout de suite un nouveau mot de passe et assurez-vous que personne d’autre ne peut lire vos e-mails.',
  },
  emailChanged: {
    subject: 'Votre adresse e-mail a été modifiée',
    opening:
      'L’adresse e-mail de votre compte sur {{site}} a été remplacée par {{newEmail}}. Si ce n’était pas vous, annulez cette modification en ouvrant ce lien dans un navigateur\u00a0:',
    closing: 'Le lien est valable pendant {{duration}}. Si c’était vous, vous n’avez rien à faire.',
  },
  accountExists: {
    subject: 'Vous avez déjà un compte',
    opening:
      'Quelqu’un, peut-être vous, a voulu s’inscrire sur {{site}} avec cette adresse e-mail. Un compte existe déjà à cette adresse, et rien n’y a été modifié.',
    closing:
      'Si c’était vous, connectez-vous comme d’habitude, ou demandez un nouveau mot de passe si vous avez oublié le vôtre. Sinon, ignorez ce message.',
  },
}
