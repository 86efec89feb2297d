import type { Messages } from './words.ts'

export const zhHant: Messages = {
  verification: {
    subject: '感謝您的註冊',
    opening: '請在瀏覽器中開啟此連結，以驗證您的電子郵件地址：',
    closing: '此連結的有效期限為 {{duration}}。如果您沒有在 {{site}} 註冊，請忽略此郵件。',
  },
  resetPassword: {
    subject: '重設您的密碼',
    opening: '請在瀏覽器中開啟此連結，為您在 {{site}} 的帳戶設定新密碼：',
    closing:
      '此連結只能使用一次，有效期限為 {{duration}}。如果您沒有提出此要求，請忽略此郵件：您的密碼不會改變。',
  },
  passwordChanged: {
    subject: '您的密碼已變更',
    opening: '您在 {{site}} 的帳戶密碼已變更。',
    closing:
      '如果這是您本人的操作，則無須處理。否則，請立即在該網站申請新密碼，並確認沒有其他人能夠讀取您的郵件。',
  },
  emailChanged: {
    subject: '您的電子郵件地址已變更',
    opening:
      '您在 {{site}} 的帳戶的電子郵件地址已變更為 {{newEmail}}。如果這不是您本人的操作，請在瀏覽器中開啟此連結以復原變更：',
    closing: '此連結的有效期限為 {{duration}}。如果這是您本人的操作，則無須處理。',
  },
  accountExists: {
    subject: '您已有帳戶',
    opening:
      '有人（可能是您本人）嘗試使用此電子郵件地址在 {{site}} 註冊。該地址已有帳戶，帳戶內容沒有任何改變。',
    closing: '如果是您本人，請照常登入；如果忘記了密碼，請申請新密碼。如果不是，請忽略此郵件。',
  },
}
