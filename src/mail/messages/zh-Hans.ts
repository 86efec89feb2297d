import type { Messages } from './words.ts'

export const zhHans: Messages = {
  verification: {
    subject: '感谢您的注册',
    opening: '请在浏览器中打开此链接，以验证您的电子邮件地址：',
    closing: '此链接的有效期为{{duration}}。如果您没有在 {{site}} 注册，请忽略此邮件。',
  },
  resetPassword: {
    subject: '重置您的密码',
    opening: '请在浏览器中打开此链接，为您在 {{site}} 的帐户设置新密码：',
    closing:
      '此链接只能使用一次，有效期为{{duration}}。如果您没有提出此请求，请忽略此邮件：您的密码不会改变。',
  },
  passwordChanged: {
    subject: '您的密码已更改',
    opening: '您在 {{site}} 的帐户密码已更改。',
    closing:
      '如果这是您本人的操作，则无需处理。否则，请立即在该网站申请新密码，并确保没有其他人能够读取您的邮件。',
  },
  emailChanged: {
    subject: '您的电子邮件地址已更改',
    opening:
      '您在 {{site}} 的帐户的电子邮件地址已更改为 {{newEmail}}。如果这不是您本人的操作，请在浏览器中打开此链接以撤销更改：',
    closing: '此链接的有效期为{{duration}}。如果这是您本人的操作，则无需处理。',
  },
  accountExists: {
    subject: '您已有帐户',
    opening:
      '有人（可能是您本人）尝试使用此电子邮件地址在 {{site}} 注册。该地址已有帐户，帐户内容没有任何改变。',
    closing: '如果是您本人，请照常登录；如果忘记了密码，请申请新密码。如果不是，请忽略此邮件。',
  },
}
