import type { Messages } from './words.ts'

export const es: Messages = {
  verification: {
    subject: 'Gracias por registrarse',
    opening: 'Confirme su dirección de correo electrónico abriendo este enlace en un navegador:',
    closing:
      'El enlace es válido durante {{duration}}. Si usted no se ha registrado en {{site}}, ignore este mensaje.',
  },
  resetPassword: {
    subject: 'Restablezca su contraseña',
    opening: 'Elija una nueva contraseña para su cuenta en {{site}} abriendo este enlace en un navegador:',
    closing:
      'El enlace funciona una sola vez y es válido durante {{duration}}. Si usted no lo ha solicitado, ignore este mensaje: su contraseña no cambiará.',
  },
  passwordChanged: {
    subject: 'Su contraseña ha cambiado',
    opening: 'Se ha cambiado la contraseña de su cuenta en {{site}}.',
    closing:
      'Si ha sido usted, no tiene que hacer nada. Si no, solicite allí una nueva contraseña de inmediato y asegúrese de que nadie más pueda leer su correo.',
  },
  emailChanged: {
    subject: 'Su dirección de correo electrónico ha cambiado',
    opening:
      'La dirección de correo electrónico de su cuenta en {{site}} se ha cambiado a {{newEmail}}. Si no ha sido usted, deshaga el cambio abriendo este enlace en un navegador:',
    closing: 'El enlace es válido durante {{duration}}. Si ha sido usted, no tiene que hacer nada.',
  },
  accountExists: {
    subject: 'Ya tiene una cuenta',
    opening:
      'Alguien, quizá usted, ha intentado registrarse en {{site}} con esta dirección de correo electrónico. Ya existe una cuenta con ella, y no se ha modificado nada en esa cuenta.',
    closing:
      'Si ha sido usted, inicie sesión como siempre, o solicite una nueva contraseña si ha olvidado la suya. Si no, ignore este mensaje.',
  },
}
