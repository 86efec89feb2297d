import type { Messages } from './words.ts'

export const cs: Messages = {
  verification: {
    subject: 'Děkujeme za registraci',
    opening: 'Potvrďte prosím svou e-mailovou adresu otevřením tohoto odkazu v prohlížeči:',
    closing:
      'Platnost odkazu: {{duration}}. Pokud jste se na {{site}} neregistrovali, tuto zprávu prosím ignorujte.',
  },
  resetPassword: {
    subject: 'Obnovení hesla',
    opening: 'Zvolte si nové heslo ke svému účtu na {{site}} otevřením tohoto odkazu v prohlížeči:',
    closing:
      'Odkaz lze použít jen jednou. Jeho platnost: {{duration}}. Pokud jste o něj nežádali, tuto zprávu prosím ignorujte: vaše heslo se nemění.',
  },
  passwordChanged: {
    subject: 'Vaše heslo bylo změněno',
    opening: 'Heslo k vašemu účtu na {{site}} bylo změněno.',
    closing:
      'Pokud jste to byli vy, nemusíte nic dělat. Pokud ne, ihned tam požádejte o nové heslo a ujistěte se, že vaši poštu nemůže číst nikdo jiný.',
  },
  emailChanged: {
    subject: 'Vaše e-mailová adresa byla změněna',
    opening:
      'E-mailová adresa vašeho účtu na {{site}} byla změněna na {{newEmail}}. Pokud jste to nebyli vy, vraťte změnu zpět otevřením tohoto odkazu v prohlížeči:',
    closing: 'Platnost odkazu: {{duration}}. Pokud jste to byli vy, nemusíte nic dělat.',
  },
  accountExists: {
    subject: 'Účet už máte',
    opening:
      'Někdo, možná vy, se pokusil zaregistrovat na {{site}} s touto e-mailovou adresou. Účet s ní už existuje a nic se na něm nezměnilo.',
    closing:
      'Pokud jste to byli vy, přihlaste se jako obvykle, nebo si vyžádejte nové heslo, pokud jste to své zapomněli. Pokud ne, tuto zprávu prosím ignorujte.',
  },
}
