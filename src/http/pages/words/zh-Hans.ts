import type { Words } from '../words.ts'

export const zhHans: Words = {
  root: { title: 'Latchkey', text: '帐户服务正在运行。' },
  confirmed: { title: '您的电子邮件地址已确认', text: '您现在可以登录，并关闭此页面。' },
  deadLink: {
    title: '此链接已失效',
    confirm: '它已被使用或已过期。如果您已确认过地址，直接登录即可；否则请获取新的链接。',
    resetPassword: '它已被使用或已过期。请将新的链接发送到您的地址。',
    undoEmail: '它已被使用或已过期。现在没有任何更改。',
  },
  email: '电子邮件地址',
  sendLink: '发送新链接',
  sent: {
    title: '请查看您的邮箱',
    text: '如果可以向此地址发送链接，链接已在途中，可能需要几分钟。请同时查看垃圾邮件。',
  },
  choose: {
    title: '设置新密码',
    label: '新密码',
    hint: '长比复杂更好：例如几个互不相关的词。',
    button: '设置密码',
    empty: '请输入新密码。',
    tooLong: '太长了：最多可容纳 {max} 个英文字母和数字，其他字符则更少。',
    atLeast: '至少 {min} 个字符。',
    common: '这是人人都会先试的密码之一。请另选一个。',
    personal: '它与您的地址、您的名称或本网站的名称几乎相同。请另选一个。',
    breached: '此密码已在数据泄露中出现过。请另选一个。',
    refused: '无法使用此密码。请另选一个。',
  },
  chosen: { title: '您的密码已更改', text: '您现在可以用新密码登录，并关闭此页面。' },
  undo: {
    title: '要恢复您的电子邮件地址吗？',
    text: '您帐户的地址已被更改。如果不是您本人所为，请恢复原来的地址。该帐户的所有会话都将结束。',
    button: '恢复我的地址',
  },
  undone: {
    title: '您原来的电子邮件地址已恢复',
    text: '所有会话均已结束。如果不是您本人更改的，请立即设置新密码。',
  },
  failed: {
    title: '操作未成功',
    request: '请求有误。请再次打开邮件中的完整链接。',
    missing: '此链接指向的内容不存在。',
    busy: '目前过于繁忙。请一分钟后重试。',
    ours: '我们这边出了问题。请稍后重试。',
  },
}
