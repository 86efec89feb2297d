import type { Words } from '../words.ts'

export const tr: Words = {
  root: { title: 'Latchkey', text: 'Hesap hizmeti çalışıyor.' },
  confirmed: {
    title: 'E-posta adresiniz doğrulandı',
    text: 'Artık oturum açabilir ve bu sayfayı kapatabilirsiniz.',
  },
  deadLink: {
    title: 'Bu bağlantı artık geçerli değil',
    confirm:
      'Daha önce kullanılmış ya da süresi dolmuş. Adresinizi zaten doğruladıysanız oturum açmanız yeterli. Doğrulamadıysanız yeni bir bağlantı isteyin.',
    resetPassword: 'Daha önce kullanılmış ya da süresi dolmuş. Adresinize yeni bir bağlantı isteyin.',
    undoEmail: 'Daha önce kullanılmış ya da süresi dolmuş. Şimdi hiçbir şey değiştirilmedi.',
  },
  email: 'E-posta adresi',
  sendLink: 'Yeni bağlantı gönder',
  sent: {
    title: 'E-postanıza bakın',
    text: 'Bu adrese bir bağlantı gönderilebiliyorsa yola çıktı. Birkaç dakika sürebilir. İstenmeyen postalara da bakın.',
  },
  choose: {
    title: 'Yeni bir parola seçin',
    label: 'Yeni parola',
    hint: 'Uzun olması karmaşık olmasından iyidir: örneğin birbiriyle ilgisi olmayan birkaç sözcük.',
    button: 'Parolayı kaydet',
    empty: 'Yeni bir parola girin.',
    tooLong: 'Çok uzun: {max} harf ve rakam sığar, aksanlı harf ya da işaret varsa daha az.',
    atLeast: 'En az {min} karakter.',
    common: 'Bu, herkesin ilk denediği parolalardan biri. Başka bir tane seçin.',
    personal: 'Bu, adresinizden, adınızdan ya da bu sitenin adından pek fazlası değil. Başka bir şey seçin.',
    breached: 'Bu parola bir veri sızıntısından biliniyor. Başka bir tane seçin.',
    refused: 'Bu parola kullanılamaz. Başka bir tane seçin.',
  },
  chosen: {
    title: 'Parolanız değiştirildi',
    text: 'Artık yeni parolayla oturum açabilir ve bu sayfayı kapatabilirsiniz.',
  },
  undo: {
    title: 'E-posta adresiniz geri alınsın mı?',
    text: 'Hesabınızın adresi değiştirildi. Değiştiren siz değilseniz eskisini geri getirin. Hesapta açık olan bütün oturumlar kapatılacak.',
    button: 'Adresimi geri getir',
  },
  undone: {
    title: 'Eski e-posta adresiniz geri geldi',
    text: 'Bütün oturumlar kapatıldı. Adresi değiştiren siz değilseniz şimdi yeni bir parola seçin.',
  },
  failed: {
    title: 'Olmadı',
    request: 'İstekte bir yanlışlık var. E-postadaki bağlantıyı bir kez daha, eksiksiz açın.',
    missing: 'Bu bağlantının götürdüğü şey yok.',
    busy: 'Şu anda yapılacak çok iş var. Bir dakika sonra yeniden deneyin.',
    ours: 'Bizim tarafımızda bir sorun oluştu. Daha sonra yeniden deneyin.',
  },
}
