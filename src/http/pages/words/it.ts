import type { Words } from '../words.ts'

export const it: Words = {
  root: { title: 'Latchkey', text: 'Il servizio degli account è in funzione.' },
  confirmed: {
    title: 'Il suo indirizzo e-mail è confermato',
    text: 'Ora può accedere e chiudere questa pagina.',
  },
  deadLink: {
    title: 'Questo link non è più valido',
    confirm:
      'È già stato usato o è scaduto. Se ha già confermato il suo indirizzo, acceda normalmente. Altrimenti si faccia inviare un nuovo link.',
    resetPassword: 'È già stato usato o è scaduto. Si faccia inviare un nuovo link al suo indirizzo.',
    undoEmail: 'È già stato usato o è scaduto. Ora non è stato modificato nulla.',
  },
  email: 'Indirizzo e-mail',
  sendLink: 'Invia un nuovo link',
  sent: {
    title: 'Controlli la posta',
    text: 'Se a questo indirizzo si può inviare un link, è in arrivo. Possono volerci alcuni minuti. Guardi anche nella posta indesiderata.',
  },
  choose: {
    title: 'Scelga una nuova password',
    label: 'Nuova password',
    hint: 'Meglio lunga che complicata: per esempio qualche parola che non c’entra con le altre.',
    button: 'Salva la password',
    empty: 'Inserisca una nuova password.',
    tooLong: 'È troppo lunga: ci stanno {max} lettere e cifre, meno se ci sono accenti o segni.',
    atLeast: 'Almeno {min} caratteri.',
    common: 'È una delle password che tutti provano per prime. Ne scelga un’altra.',
    personal: 'È poco più del suo indirizzo, del suo nome o del nome di questo sito. Scelga altro.',
    breached: 'Questa password è nota per una fuga di dati. Ne scelga un’altra.',
    refused: 'Questa password non si può usare. Ne scelga un’altra.',
  },
  chosen: {
    title: 'La sua password è stata cambiata',
    text: 'Ora può accedere con quella nuova e chiudere questa pagina.',
  },
  undo: {
    title: 'Riprendere il suo indirizzo e-mail?',
    text: 'L’indirizzo del suo account è stato cambiato. Se non è stato lei, ripristini quello vecchio. Chiunque abbia effettuato l’accesso all’account verrà disconnesso.',
    button: 'Ripristina il mio indirizzo',
  },
  undone: {
    title: 'Il suo vecchio indirizzo è ripristinato',
    text: 'Tutti sono stati disconnessi. Se non è stato lei a cambiarlo, scelga subito una nuova password.',
  },
  failed: {
    title: 'Non ha funzionato',
    request: 'C’è qualcosa di sbagliato nella richiesta. Apra di nuovo il link nell’e-mail, per intero.',
    missing: 'Ciò a cui porta questo link non esiste.',
    busy: 'In questo momento c’è troppo da fare. Riprovi tra un minuto.',
    ours: 'Qualcosa è andato storto da parte nostra. Riprovi più tardi.',
  },
}
