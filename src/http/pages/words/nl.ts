import type { Words } from '../words.ts'

export const nl: Words = {
  root: { title: 'Latchkey', text: 'De accountdienst draait.' },
  confirmed: {
    title: 'Uw e-mailadres is bevestigd',
    text: 'U kunt nu inloggen en deze pagina sluiten.',
  },
  deadLink: {
    title: 'Deze link is niet meer geldig',
    confirm:
      'Hij is al gebruikt of verlopen. Hebt u uw adres al bevestigd, log dan gewoon in. Zo niet, laat dan een nieuwe link sturen.',
    resetPassword: 'Hij is al gebruikt of verlopen. Laat een nieuwe link naar uw adres sturen.',
    undoEmail: 'Hij is al gebruikt of verlopen. Er is nu niets gewijzigd.',
  },
  email: 'E-mailadres',
  sendLink: 'Nieuwe link sturen',
  sent: {
    title: 'Kijk in uw mail',
    text: 'Als er een link naar dit adres kan, is die onderweg. Dat kan een paar minuten duren. Kijk ook bij de ongewenste mail.',
  },
  choose: {
    title: 'Kies een nieuw wachtwoord',
    label: 'Nieuw wachtwoord',
    hint: 'Liever lang dan ingewikkeld: bijvoorbeeld een paar woorden die niets met elkaar te maken hebben.',
    button: 'Wachtwoord instellen',
    empty: 'Voer een nieuw wachtwoord in.',
    tooLong: 'Dat is te lang: er is plaats voor {max} letters en cijfers, en voor minder accenten of tekens.',
    atLeast: 'Minstens {min} tekens.',
    common: 'Dit is een van de wachtwoorden die iedereen het eerst probeert. Kies een ander.',
    personal: 'Dit is weinig meer dan uw adres, uw naam of de naam van deze site. Kies iets anders.',
    breached: 'Dit wachtwoord is bekend uit een datalek. Kies een ander.',
    refused: 'Dit wachtwoord kan niet worden gebruikt. Kies een ander.',
  },
  chosen: {
    title: 'Uw wachtwoord is gewijzigd',
    text: 'U kunt nu met het nieuwe inloggen en deze pagina sluiten.',
  },
  undo: {
    title: 'Uw e-mailadres terughalen?',
    text: 'Het adres van uw account is gewijzigd. Als u dat niet was, haal dan het oude terug. Iedereen die op het account is ingelogd, wordt uitgelogd.',
    button: 'Mijn adres terughalen',
  },
  undone: {
    title: 'Uw oude e-mailadres is terug',
    text: 'Iedereen is uitgelogd. Hebt u het niet zelf gewijzigd, kies dan nu een nieuw wachtwoord.',
  },
  failed: {
    title: 'Dat is niet gelukt',
    request: 'Er klopt iets niet aan het verzoek. Open de link in de mail nog eens, en wel helemaal.',
    missing: 'Waar deze link heen leidt, bestaat niet.',
    busy: 'Het is op dit moment te druk. Probeer het over een minuut opnieuw.',
    ours: 'Er is bij ons iets misgegaan. Probeer het later opnieuw.',
  },
}
