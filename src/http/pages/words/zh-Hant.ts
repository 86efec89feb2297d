import type { Words } from '../words.ts'

export const zhHant: Words = {
  root: { title: 'Latchkey', text: '帳戶服務正在運作。' },
  confirmed: { title: '您的電子郵件地址已確認', text: '您現在可以登入，並關閉此頁面。' },
  deadLink: {
    title: '此連結已失效',
    confirm: '它已被使用或已過期。如果您已確認過地址，直接登入即可；否則請取得新的連結。',
    resetPassword: '它已被使用或已過期。請將新的連結傳送到您的地址。',
    undoEmail: '它已被使用或已過期。現在沒有任何變更。',
  },
  email: '電子郵件地址',
  sendLink: '傳送新連結',
  sent: {
    title: '請查看您的信箱',
    text: '如果可以向此地址傳送連結，連結已在途中，可能需要幾分鐘。請一併查看垃圾郵件。',
  },
  choose: {
    title: '設定新密碼',
    label: '新密碼',
    hint: '長比複雜更好：例如幾個互不相關的詞。',
    button: '設定密碼',
    empty: '請輸入新密碼。',
    tooLong: '太長了：最多可容納 {max} 個英文字母和數字，其他字元則更少。',
    atLeast: '至少 {min} 個字元。',
    common: '這是人人都會先試的密碼之一。請另選一個。',
    personal: '它與您的地址、您的名稱或本網站的名稱幾乎相同。請另選一個。',
    breached: '此密碼已在資料外洩中出現過。請另選一個。',
    refused: '無法使用此密碼。請另選一個。',
  },
  chosen: { title: '您的密碼已變更', text: '您現在可以用新密碼登入，並關閉此頁面。' },
  undo: {
    title: '要恢復您的電子郵件地址嗎？',
    text: '您帳戶的地址已被變更。如果不是您本人所為，請恢復原來的地址。該帳戶的所有工作階段都將結束。',
    button: '恢復我的地址',
  },
  undone: {
    title: '您原來的電子郵件地址已恢復',
    text: '所有工作階段均已結束。如果不是您本人變更的，請立即設定新密碼。',
  },
  failed: {
    title: '操作未成功',
    request: '請求有誤。請再次開啟郵件中的完整連結。',
    missing: '此連結指向的內容不存在。',
    busy: '目前過於忙碌。請一分鐘後再試。',
    ours: '我們這邊發生問題。請稍後再試。',
  },
}
