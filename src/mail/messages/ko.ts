import type { Messages } from './words.ts'

export const ko: Messages = {
  verification: {
    subject: '가입해 주셔서 감사합니다',
    opening: '웹 브라우저에서 다음 링크를 열어 이메일 주소를 확인해 주세요.',
    closing: '링크의 유효 기간은 {{duration}}입니다. {{site}}에 가입하지 않으셨다면 이 메일을 무시해 주세요.',
  },
  resetPassword: {
    subject: '비밀번호 재설정',
    opening: '웹 브라우저에서 다음 링크를 열어 {{site}} 계정의 새 비밀번호를 설정해 주세요.',
    closing:
      '링크는 한 번만 사용할 수 있으며 유효 기간은 {{duration}}입니다. 요청하지 않으셨다면 이 메일을 무시해 주세요. 비밀번호는 그대로 유지됩니다.',
  },
  passwordChanged: {
    subject: '비밀번호가 변경되었습니다',
    opening: '{{site}} 계정의 비밀번호가 변경되었습니다.',
    closing:
      '본인이 변경하셨다면 따로 하실 일은 없습니다. 그렇지 않다면 즉시 해당 사이트에서 새 비밀번호를 요청하시고, 다른 사람이 메일을 읽을 수 없는지 확인해 주세요.',
  },
  emailChanged: {
    subject: '이메일 주소가 변경되었습니다',
    opening:
      '{{site}} 계정의 이메일 주소가 변경되었습니다. 새 주소: {{newEmail}}. 본인이 변경하지 않으셨다면 웹 브라우저에서 다음 링크를 열어 변경을 취소해 주세요.',
    closing: '링크의 유효 기간은 {{duration}}입니다. 본인이 변경하셨다면 따로 하실 일은 없습니다.',
  },
  accountExists: {
    subject: '이미 계정이 있습니다',
    opening:
      '누군가(본인일 수도 있습니다) 이 이메일 주소로 {{site}}에 가입하려고 했습니다. 이 주소의 계정이 이미 있으며, 계정에서 변경된 내용은 없습니다.',
    closing:
      '본인이라면 평소처럼 로그인하시거나, 비밀번호를 잊으셨다면 새 비밀번호를 요청해 주세요. 본인이 아니라면 이 메일을 무시해 주세요.',
  },
}
