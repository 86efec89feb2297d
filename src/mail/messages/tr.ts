import type { Messages } from './words.ts'

export const tr: Messages = {
  verification: {
    subject: 'Kaydolduğunuz için teşekkür ederiz',
    opening: 'Lütfen bu bağlantıyı bir tarayıcıda açarak e-posta adresinizi doğrulayın:',
    closing:
      'Bağlantı {{duration}} boyunca geçerlidir. {{site}} sitesine kaydolmadıysanız bu iletiyi dikkate almayın.',
  },
  resetPassword: {
    subject: 'Parolanızı sıfırlayın',
    opening:
      '{{site}} sitesindeki hesabınıza yeni bir parola belirlemek için bu bağlantıyı bir tarayıcıda açın:',
    closing:
      'Bağlantı bir kez kullanılabilir ve {{duration}} boyunca geçerlidir. Bunu siz istemediyseniz bu iletiyi dikkate almayın: parolanız olduğu gibi kalır.',
  },
  passwordChanged: {
    subject: 'Parolanız değiştirildi',
    opening: '{{site}} sitesindeki hesabınızın parolası değiştirildi.',
    closing:
      'Bunu siz yaptıysanız yapmanız gereken bir şey yok. Siz yapmadıysanız hemen yeni bir parola isteyin ve e-postalarınızı başka kimsenin okuyamadığından emin olun.',
  },
  emailChanged: {
    subject: 'E-posta adresiniz değiştirildi',
    opening:
      '{{site}} sitesindeki hesabınızın e-posta adresi değiştirildi. Yeni adres: {{newEmail}}. Bunu siz yapmadıysanız bu bağlantıyı bir tarayıcıda açarak değişikliği geri alın:',
    closing: 'Bağlantı {{duration}} boyunca geçerlidir. Bunu siz yaptıysanız yapmanız gereken bir şey yok.',
  },
  accountExists: {
    subject: 'Zaten bir hesabınız var',
    opening:
      'Biri, belki de siz, bu e-posta adresiyle {{site}} sitesine kaydolmaya çalıştı. Bu adresle zaten bir hesap var ve hesapta hiçbir şey değiştirilmedi.',
    closing:
      'Bu sizseniz her zamanki gibi giriş yapın ya da parolanızı unuttuysanız yenisini isteyin. Siz değilseniz bu iletiyi dikkate almayın.',
  },
}
