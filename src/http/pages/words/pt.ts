import type { Words } from '../words.ts'

export const pt: Words = {
  root: { title: 'Latchkey', text: 'O serviço de contas está funcionando.' },
  confirmed: {
    title: 'Seu endereço de e-mail está confirmado',
    text: 'Agora você pode entrar e fechar esta página.',
  },
  deadLink: {
    title: 'Este link não é mais válido',
    confirm:
      'Ele já foi usado ou expirou. Se você já confirmou seu endereço, basta entrar. Se não, peça o envio de um novo link.',
    resetPassword: 'Ele já foi usado ou expirou. Peça o envio de um novo link ao seu endereço.',
    undoEmail: 'Ele já foi usado ou expirou. Nada foi alterado agora.',
  },
  email: 'Endereço de e-mail',
  sendLink: 'Enviar um novo link',
  sent: {
    title: 'Veja seu e-mail',
    text: 'Se um link puder ser enviado a este endereço, ele está a caminho. Pode levar alguns minutos. Veja também no lixo eletrônico.',
  },
  choose: {
    title: 'Escolha uma nova senha',
    label: 'Nova senha',
    hint: 'Melhor longa que complicada: por exemplo, algumas palavras que não têm nada a ver umas com as outras.',
    button: 'Salvar a senha',
    empty: 'Digite uma nova senha.',
    tooLong: 'É longa demais: cabem {max} letras e algarismos, e menos se houver acentos ou sinais.',
    atLeast: 'Pelo menos {min} caracteres.',
    common: 'É uma das senhas que todos tentam primeiro. Escolha outra.',
    personal: 'É pouco mais que o seu endereço, o seu nome ou o nome deste site. Escolha outra coisa.',
    breached: 'Esta senha é conhecida por um vazamento de dados. Escolha outra.',
    refused: 'Esta senha não pode ser usada. Escolha outra.',
  },
  chosen: {
    title: 'Sua senha foi alterada',
    text: 'Agora você pode entrar com a nova e fechar esta página.',
  },
  undo: {
    title: 'Recuperar seu endereço de e-mail?',
    text: 'O endereço da sua conta foi alterado. Se não foi você, traga o antigo de volta. Todos os que estiverem conectados à conta serão desconectados.',
    button: 'Recuperar meu endereço',
  },
  undone: {
    title: 'Seu endereço antigo está de volta',
    text: 'Todos foram desconectados. Se não foi você quem o alterou, escolha agora uma nova senha.',
  },
  failed: {
    title: 'Não funcionou',
    request: 'Há algo errado no pedido. Abra o link do e-mail mais uma vez, por inteiro.',
    missing: 'Aquilo a que este link leva não existe.',
    busy: 'Há coisas demais a fazer no momento. Tente novamente em um minuto.',
    ours: 'Algo deu errado do nosso lado. Tente novamente mais tarde.',
  },
}
