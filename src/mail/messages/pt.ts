import type { Messages } from './words.ts'

export const pt: Messages = {
  verification: {
    subject: 'Obrigado por se cadastrar',
    opening: 'Confirme o seu endereço de e-mail abrindo este link em um navegador:',
    closing: 'O link é válido por {{duration}}. Se você não se cadastrou em {{site}}, ignore esta mensagem.',
  },
  resetPassword: {
    subject: 'Redefina a sua senha',
    opening: 'Escolha uma nova senha para a sua conta em {{site}} abrindo este link em um navegador:',
    closing:
      'O link funciona uma única vez e é válido por {{duration}}. Se você não o solicitou, ignore esta mensagem: a sua senha continuará a mesma.',
  },
  passwordChanged: {
    subject: 'A sua senha foi alterada',
    opening: 'A senha da sua conta em {{site}} foi alterada.',
    closing:
      'Se foi você, não é preciso fazer nada. Se não foi, solicite imediatamente uma nova senha e verifique se ninguém mais consegue ler os seus e-mails.',
  },
  emailChanged: {
    subject: 'O seu endereço de e-mail foi alterado',
    opening:
      'O endereço de e-mail da sua conta em {{site}} foi alterado para {{newEmail}}. Se não foi você, desfaça a alteração abrindo este link em um navegador:',
    closing: 'O link é válido por {{duration}}. Se foi você, não é preciso fazer nada.',
  },
  accountExists: {
    subject: 'Você já tem uma conta',
    opening:
      'Alguém, talvez você, tentou se cadastrar em {{site}} com este endereço de e-mail. Já existe uma conta com ele, e nada nela foi alterado.',
    closing:
      'Se foi você, entre como de costume, ou solicite uma nova senha se esqueceu a sua. Se não foi, ignore esta mensagem.',
  },
}
