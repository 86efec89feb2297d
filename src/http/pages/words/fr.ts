import type { Words } from '../words.ts'

export const fr: Words = {
  root: { title: 'Latchkey', text: 'Le service des comptes fonctionne.' },
  confirmed: {
    title: 'Votre adresse e-mail est confirmée',
    text: 'Vous pouvez maintenant vous connecter et fermer cette page.',
  },
  deadLink: {
    title: 'Ce lien n’est plus valable',
    confirm:
      'Il a déjà servi ou il a expiré. Si vous avez déjà confirmé votre adresse, connectez-vous simplement. Sinon, faites-vous envoyer un nouveau lien.',
    resetPassword: 'Il a déjà servi ou il a expiré. Faites-vous envoyer un nouveau lien à votre adresse.',
    undoEmail: 'Il a déjà servi ou il a expiré. Rien n’a été modifié à présent.',
  },
  email: 'Adresse e-mail',
  sendLink: 'Envoyer un nouveau lien',
  sent: {
    title: 'Consultez votre messagerie',
    text: 'Si un lien peut être envoyé à cette adresse, il est en route. Cela peut prendre quelques minutes. Regardez aussi parmi les indésirables.',
  },
  choose: {
    title: 'Choisissez un nouveau mot de passe',
    label: 'Nouveau mot de passe',
    hint: 'Mieux vaut long que compliqué : par exemple quelques mots sans rapport entre eux.',
    button: 'Enregistrer le mot de passe',
    empty: 'Saisissez un nouveau mot de passe.',
    tooLong:
      'C’est trop long : il y a de la place pour {max} lettres et chiffres, moins avec des accents ou des signes.',
    atLeast: 'Au moins {min} caractères.',
    common: 'C’est l’un des mots de passe que tout le monde essaie en premier. Choisissez-en un autre.',
    personal:
      'Ce n’est guère plus que votre adresse, votre nom ou le nom de ce site. Choisissez autre chose.',
    breached: 'Ce mot de passe est connu par une fuite de données. Choisissez-en un autre.',
    refused: 'Ce mot de passe ne peut pas être utilisé. Choisissez-en un autre.',
  },
  chosen: {
    title: 'Votre mot de passe a été modifié',
    text: 'Vous pouvez maintenant vous connecter avec le nouveau et fermer cette page.',
  },
  undo: {
    title: 'Reprendre votre adresse e-mail ?',
    text: 'L’adresse de votre compte a été modifiée. Si ce n’était pas vous, rétablissez l’ancienne. Toutes les personnes connectées à ce compte seront déconnectées.',
    button: 'Rétablir mon adresse',
  },
  undone: {
    title: 'Votre ancienne adresse e-mail est rétablie',
    text: 'Tout le monde a été déconnecté. Si ce n’est pas vous qui l’aviez modifiée, choisissez dès maintenant un nouveau mot de passe.',
  },
  failed: {
    title: 'Cela n’a pas fonctionné',
    request: 'La demande n’est pas correcte. Ouvrez à nouveau le lien du message, en entier.',
    missing: 'Ce lien ne mène à rien qui existe.',
    busy: 'Il y a trop à faire en ce moment. Réessayez dans une minute.',
    ours: 'Une erreur s’est produite chez nous. Réessayez plus tard.',
  },
}
