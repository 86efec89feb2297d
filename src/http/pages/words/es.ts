import type { Words } from '../words.ts'

export const es: Words = {
  root: { title: 'Latchkey', text: 'El servicio de cuentas está en marcha.' },
  confirmed: {
    title: 'Su dirección de correo está confirmada',
    text: 'Ya puede iniciar sesión y cerrar esta página.',
  },
  deadLink: {
    title: 'Este enlace ya no es válido',
    confirm:
      'Ya se ha usado o ha caducado. Si ya confirmó su dirección, inicie sesión sin más. Si no, pida que se le envíe un enlace nuevo.',
    resetPassword: 'Ya se ha usado o ha caducado. Pida que se envíe un enlace nuevo a su dirección.',
    undoEmail: 'Ya se ha usado o ha caducado. Ahora no se ha cambiado nada.',
  },
  email: 'Dirección de correo',
  sendLink: 'Enviar un enlace nuevo',
  sent: {
    title: 'Mire su correo',
    text: 'Si se puede enviar un enlace a esta dirección, está en camino. Puede tardar unos minutos. Mire también en el correo no deseado.',
  },
  choose: {
    title: 'Elija una contraseña nueva',
    label: 'Contraseña nueva',
    hint: 'Mejor larga que complicada: por ejemplo, unas cuantas palabras que no tengan nada que ver entre sí.',
    button: 'Guardar la contraseña',
    empty: 'Escriba una contraseña nueva.',
    tooLong: 'Es demasiado larga: caben {max} letras y cifras, y menos si hay acentos o signos.',
    atLeast: 'Al menos {min} caracteres.',
    common: 'Es una de las contraseñas que todo el mundo prueba primero. Elija otra.',
    personal: 'Es poco más que su dirección, su nombre o el nombre de este sitio. Elija otra cosa.',
    breached: 'Esta contraseña es conocida por una filtración de datos. Elija otra.',
    refused: 'Esta contraseña no se puede usar. Elija otra.',
  },
  chosen: {
    title: 'Su contraseña se ha cambiado',
    text: 'Ya puede iniciar sesión con la nueva y cerrar esta página.',
  },
  undo: {
    title: '¿Recuperar su dirección de correo?',
    text: 'Se ha cambiado la dirección de su cuenta. Si no fue usted, recupere la anterior. Se cerrarán todas las sesiones de la cuenta.',
    button: 'Recuperar mi dirección',
  },
  undone: {
    title: 'Su dirección anterior está de vuelta',
    text: 'Se han cerrado todas las sesiones. Si no fue usted quien la cambió, elija ahora una contraseña nueva.',
  },
  failed: {
    title: 'No ha funcionado',
    request: 'Hay algo incorrecto en la petición. Abra otra vez el enlace del correo, completo.',
    missing: 'Aquello a lo que lleva este enlace no existe.',
    busy: 'Ahora mismo hay demasiado que hacer. Inténtelo de nuevo dentro de un minuto.',
    ours: 'Algo ha fallado por nuestra parte. Inténtelo más tarde.',
  },
}
