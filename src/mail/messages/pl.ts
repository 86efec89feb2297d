import type { Messages } from './words.ts'

export const pl: Messages = {
  verification: {
    subject: 'Dziękujemy za rejestrację',
    opening: 'Prosimy o potwierdzenie adresu e-mail przez otwarcie tego linku w przeglądarce:',
    closing:
      'Czas ważności linku: {{duration}}. Jeśli rejestracja w {{site}} nie pochodzi od Ciebie, zignoruj tę wiadomość.',
  },
  resetPassword: {
    subject: 'Ustawianie nowego hasła',
    opening: 'Aby ustawić nowe hasło do konta w {{site}}, otwórz ten link w przeglądarce:',
    closing:
      'Link działa tylko raz. Czas jego ważności: {{duration}}. Jeśli ta prośba nie pochodzi od Ciebie, zignoruj tę wiadomość: hasło pozostanie bez zmian.',
  },
  passwordChanged: {
    subject: 'Twoje hasło zostało zmienione',
    opening: 'Hasło do Twojego konta w {{site}} zostało zmienione.',
    closing:
      'Jeśli to Ty, nie musisz nic robić. Jeśli nie, natychmiast poproś tam o nowe hasło i upewnij się, że nikt inny nie może czytać Twojej poczty.',
  },
  emailChanged: {
    subject: 'Twój adres e-mail został zmieniony',
    opening:
      'Adres e-mail Twojego konta w {{site}} został zmieniony na {{newEmail}}. Jeśli to nie Ty, cofnij zmianę, otwierając ten link w przeglądarce:',
    closing: 'Czas ważności linku: {{duration}}. Jeśli to Ty, nie musisz nic robić.',
  },
  accountExists: {
    subject: 'Masz już konto',
    opening:
      'Ktoś, być może Ty, próbował zarejestrować się w {{site}} przy użyciu tego adresu e-mail. Istnieje już konto z tym adresem i nic w nim nie zmieniono.',
    closing:
      'Jeśli to Ty, zaloguj się jak zwykle albo poproś o nowe hasło, jeśli go nie pamiętasz. Jeśli nie, zignoruj tę wiadomość.',
  },
}
