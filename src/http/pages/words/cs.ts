import type { Words } from '../words.ts'

export const cs: Words = {
  root: { title: 'Latchkey', text: 'Služba účtů běží.' },
  confirmed: {
    title: 'Vaše e-mailová adresa je potvrzena',
    text: 'Nyní se můžete přihlásit a tuto stránku zavřít.',
  },
  deadLink: {
    title: 'Tento odkaz už neplatí',
    confirm:
      'Byl už použit, nebo vypršel. Pokud jste adresu už potvrdili, stačí se přihlásit. Pokud ne, nechte si poslat nový odkaz.',
    resetPassword: 'Byl už použit, nebo vypršel. Nechte si na svou adresu poslat nový odkaz.',
    undoEmail: 'Byl už použit, nebo vypršel. Teď se nic nezměnilo.',
  },
  email: 'E-mailová adresa',
  sendLink: 'Poslat nový odkaz',
  sent: {
    title: 'Podívejte se do pošty',
    text: 'Pokud lze na tuto adresu odkaz poslat, je na cestě. Může to trvat několik minut. Podívejte se i do nevyžádané pošty.',
  },
  choose: {
    title: 'Zvolte nové heslo',
    label: 'Nové heslo',
    hint: 'Lepší je dlouhé než složité: třeba několik slov, která spolu nijak nesouvisejí.',
    button: 'Nastavit heslo',
    empty: 'Zadejte nové heslo.',
    tooLong: 'Je příliš dlouhé: vejde se {max} písmen a číslic, s diakritikou nebo jinými znaky méně.',
    atLeast: 'Minimální počet znaků: {min}.',
    common: 'Je to jedno z hesel, která každý zkouší jako první. Zvolte jiné.',
    personal: 'Je to sotva víc než vaše adresa, vaše jméno nebo název těchto stránek. Zvolte něco jiného.',
    breached: 'Toto heslo je známé z úniku dat. Zvolte jiné.',
    refused: 'Toto heslo nelze použít. Zvolte jiné.',
  },
  chosen: {
    title: 'Vaše heslo bylo změněno',
    text: 'Nyní se můžete přihlásit novým heslem a tuto stránku zavřít.',
  },
  undo: {
    title: 'Vrátit vaši e-mailovou adresu?',
    text: 'Adresa vašeho účtu byla změněna. Pokud jste to nebyli vy, vraťte tu původní. Všichni přihlášení k účtu budou odhlášeni.',
    button: 'Vrátit mou adresu',
  },
  undone: {
    title: 'Vaše původní e-mailová adresa je zpět',
    text: 'Všichni byli odhlášeni. Pokud jste ji nezměnili vy, zvolte nyní nové heslo.',
  },
  failed: {
    title: 'Nepodařilo se to',
    request: 'Na požadavku něco nesouhlasí. Otevřete odkaz z e-mailu znovu, a to celý.',
    missing: 'To, kam tento odkaz vede, neexistuje.',
    busy: 'Právě teď je příliš mnoho práce. Zkuste to znovu za minutu.',
    ours: 'Na naší straně se něco pokazilo. Zkuste to později.',
  },
}
