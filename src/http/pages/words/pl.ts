import type { Words } from '../words.ts'

export const pl: Words = {
  root: { title: 'Latchkey', text: 'Usługa kont działa.' },
  confirmed: {
    title: 'Adres e-mail został potwierdzony',
    text: 'Teraz można się zalogować i zamknąć tę stronę.',
  },
  deadLink: {
    title: 'Ten link nie jest już ważny',
    confirm:
      'Został już użyty lub wygasł. Jeśli adres jest już potwierdzony, wystarczy się zalogować. Jeśli nie, można poprosić o nowy link.',
    resetPassword: 'Został już użyty lub wygasł. Można poprosić o wysłanie nowego linku na swój adres.',
    undoEmail: 'Został już użyty lub wygasł. Nic nie zostało teraz zmienione.',
  },
  email: 'Adres e-mail',
  sendLink: 'Wyślij nowy link',
  sent: {
    title: 'Sprawdź pocztę',
    text: 'Jeśli na ten adres można wysłać link, jest już w drodze. Może to potrwać kilka minut. Sprawdź też niechcianą pocztę.',
  },
  choose: {
    title: 'Wybierz nowe hasło',
    label: 'Nowe hasło',
    hint: 'Lepsze długie niż skomplikowane: na przykład kilka słów, które nie mają ze sobą nic wspólnego.',
    button: 'Ustaw hasło',
    empty: 'Wpisz nowe hasło.',
    tooLong: 'Jest za długie: zmieści się {max} liter i cyfr, a mniej znaków diakrytycznych lub specjalnych.',
    atLeast: 'Minimalna liczba znaków: {min}.',
    common: 'To jedno z haseł, które wszyscy sprawdzają najpierw. Wybierz inne.',
    personal: 'To niewiele więcej niż Twój adres, Twoja nazwa lub nazwa tej strony. Wybierz coś innego.',
    breached: 'To hasło jest znane z wycieku danych. Wybierz inne.',
    refused: 'Tego hasła nie można użyć. Wybierz inne.',
  },
  chosen: {
    title: 'Hasło zostało zmienione',
    text: 'Teraz można się zalogować nowym hasłem i zamknąć tę stronę.',
  },
  undo: {
    title: 'Przywrócić poprzedni adres e-mail?',
    text: 'Adres tego konta został zmieniony. Jeśli to nie Ty, przywróć poprzedni. Wszyscy zalogowani na to konto zostaną wylogowani.',
    button: 'Przywróć mój adres',
  },
  undone: {
    title: 'Poprzedni adres e-mail został przywrócony',
    text: 'Wszyscy zostali wylogowani. Jeśli to nie była Twoja zmiana, wybierz teraz nowe hasło.',
  },
  failed: {
    title: 'Nie udało się',
    request: 'Coś jest nie tak z tym żądaniem. Otwórz link z wiadomości jeszcze raz, w całości.',
    missing: 'To, do czego prowadzi ten link, nie istnieje.',
    busy: 'W tej chwili jest zbyt wiele do zrobienia. Spróbuj ponownie za minutę.',
    ours: 'Coś poszło nie tak po naszej stronie. Spróbuj ponownie później.',
  },
}
