import type { Texts } from "./texts";

/** Spanish, with «usted». */
export const es: Texts = {
  requestId: "ID de la solicitud",
  getHelp: "Obtener ayuda",
  mailSubject: "Ayuda con {site}",
  mailBody: "Lo que quería hacer:\n\n\n\nID de la solicitud: {id}\nDirección: {address}",

  signIn: "Iniciar sesión",
  signInAgain: "Volver a iniciar sesión",
  signInInNewTab: "Iniciar sesión en una pestaña nueva",
  signOut: "Cerrar sesión",
  switchAccount: "Cambiar de cuenta",
  useAnotherAccount: "Usar otra cuenta",
  tryAgain: "Intentar de nuevo",
  checkAgain: "Comprobar de nuevo",
  startAgain: "Empezar de nuevo",
  continue: "Continuar",
  goToStartPage: "Ir a la página de inicio",

  signInTitle: "Iniciar sesión",
  chooseProvider: "¿Cómo desea iniciar sesión?",
  unknownEmail: "No se conoce ningún servicio de inicio de sesión para esta dirección de correo electrónico.",
  emailAddress: "Dirección de correo electrónico",
  orChoose: "O elija:",
  redirectTitle: "Un momento",
  redirectText: "Se le redirigirá en un momento.",
  switchTitle: "¿Cambiar de cuenta?",
  switchText: "Usted ha iniciado sesión. Para continuar con {provider}, debe volver a iniciar sesión.",
  signOutTitle: "¿Cerrar sesión?",
  signOutText: "Confirme que desea cerrar la sesión.",
  signedOutTitle: "Sesión cerrada",
  signedOutText: "Ha cerrado la sesión en este sitio. Si el dispositivo es compartido, cierre también el navegador.",
  signedInTitle: "Ha iniciado sesión",
  signedInText:
    "Cierre esta pestaña y vuelva a su formulario. Recargue allí la página y el navegador le ofrecerá enviar de nuevo el formulario.",

  deniedTitle: "Acceso denegado",
  deniedRole: "Su cuenta no tiene acceso a esta página.",
  deniedMissing: "Necesita uno de estos roles:",
  requestAccess: "Solicitar acceso",
  requestSentTitle: "Solicitud enviada",
  requestSentText:
    "El responsable de este sitio ya sabe que usted solicita acceso. Cuando lo tenga, abra la página de nuevo.",
  requestFailedTitle: "Su solicitud no se envió",
  requestExpiredText:
    "Esta página estuvo abierta demasiado tiempo, o ahora usa otra cuenta. Compruebe de nuevo su acceso y solicítelo desde allí.",
  requestLimitText: "Ha solicitado acceso muchas veces. Espere una hora, por favor.",
  requestAdvice: "«{button}» comunica al responsable de este sitio qué cuenta usa y qué página quiere abrir.",
  deniedAdvice: "Si necesita acceso, diríjase al responsable de este sitio o use otra cuenta.",
  deniedRule: "Esta dirección no se puede abrir. Compruebe la dirección o pida ayuda.",
  signedInAs: "Ha iniciado sesión como",
  formTitle: "Su formulario no se ha enviado",
  formText: "Su sesión ha caducado. Para enviar el formulario ahora:",
  formStepUpText: "Esta página pide un inicio de sesión más reciente o más seguro. Para enviar el formulario ahora:",
  formSignIn: "Inicie sesión en una pestaña nueva y deje esta abierta.",
  formReload: "Vuelva a esta pestaña y recargue la página.",
  formConfirm: "Confirme al navegador que el formulario debe enviarse de nuevo.",
  hostTitle: "Dirección desconocida",
  pathTitle: "Dirección rechazada",
  sizeTitle: "Solicitud demasiado grande",
  sizeText: "Su navegador envía demasiadas cookies. Elimine las de este sitio e inténtelo de nuevo.",
  checkAddress: "Compruebe la dirección o pida ayuda.",
  storeTitle: "Inténtelo de nuevo",
  storeText: "En este momento no se puede comprobar su acceso.",
  maintenanceTitle: "En mantenimiento",
  maintenanceText: "Se está trabajando en este sitio. Vuelva más tarde.",
  maintenanceUntil: "Regreso previsto: {time}.",
  blockedTitle: "Solicitud bloqueada",
  blockedText:
    "El cortafuegos del sitio ha tomado esta solicitud por un ataque. Si no ha hecho nada inusual, envíe el ID de la solicitud al responsable del sitio.",
  limitedTitle: "Demasiadas solicitudes",
  limitedText:
    "Su red ha enviado más solicitudes de las que acepta el sitio. Espere cinco minutos e inténtelo de nuevo.",

  badRequestTitle: "Solicitud no comprendida",
  badRequestText: "No se ha podido leer esta solicitud.",
  bodyTooLargeText: "Esta solicitud es mayor de lo que acepta la pasarela.",
  wrongHostText: "Esta pasarela no atiende esta dirección.",
  notFoundTitle: "Página no encontrada",
  notFoundText: "No hay nada en esta dirección.",
  pageUnavailableTitle: "Vuelva a intentarlo",
  pageUnavailableText: "Esta página no se puede leer en este momento.",
  methodTitle: "Solicitud no admitida",
  methodText: "Esta dirección no admite este tipo de solicitud.",
  crossOriginTitle: "Solicitud rechazada",
  crossOriginText: "Solo las páginas de este sitio pueden hacer esta solicitud.",
  unknownProviderTitle: "Servicio de inicio de sesión desconocido",
  unknownProviderText: "Este sitio no utiliza el servicio de inicio de sesión solicitado.",
  notSignedInTitle: "No ha iniciado sesión",
  notSignedInText: "Inicie sesión para continuar.",
  sessionTitle: "Problema con la sesión",
  sessionTooLargeText: "Su cuenta tiene más roles y atributos de los que caben en una sesión. Pida ayuda.",
  refreshTooLargeText:
    "El servicio de inicio de sesión de su organización ha emitido una sesión demasiado grande para conservarla. Pida ayuda.",
  tooManySignInsTitle: "Demasiados inicios de sesión",
  tooManySignInsText:
    "El inicio de sesión volvía a empezar una y otra vez, por lo que se ha detenido. Espere un minuto e inténtelo de nuevo. Si vuelve a ocurrir, elimine las cookies de este sitio o pida ayuda.",
  renewalText: "Su sesión se está renovando. Inténtelo de nuevo en un momento.",
  signInFailedTitle: "No se ha podido iniciar sesión",
  flowMissingText:
    "Este inicio de sesión ya se ha utilizado, ha tardado más de treinta minutos o se inició en otro navegador.",
  cannotContinueText:
    "No se ha podido aceptar la respuesta del servicio de inicio de sesión de su organización. Empiece de nuevo.",
  authorizationErrorText: "El servicio de inicio de sesión de su organización no ha podido iniciar su sesión.",
  canceledText: "El inicio de sesión se ha cancelado, o su cuenta no puede usar este sitio.",
  interactionText:
    "El servicio de inicio de sesión de su organización necesita que antes inicie sesión o dé su consentimiento.",
  grantRefusedText: "Este inicio de sesión ya se ha utilizado o ha caducado.",
  flowReusedText: "Este inicio de sesión ya se ha utilizado. Si no lo ha hecho usted, pida ayuda.",
  tooOldText:
    "Sus sesiones se cerraron, y el servicio de inicio de sesión de su organización no le ha pedido que vuelva a iniciar sesión. Cierre antes la sesión allí.",
  stepUpTitle: "Se necesita un inicio de sesión más seguro",
  stepUpText:
    "Esta página pide un inicio de sesión más reciente o más seguro, y el servicio de inicio de sesión de su organización no confirmó ninguno. Empiece de nuevo y facilite todo lo que le pida, como un segundo factor. Si no le pide nada, solicite ayuda.",
  groupsText:
    "Su cuenta pertenece a más grupos de los que puede comunicar el servicio de inicio de sesión de su organización, por lo que no se puede determinar su acceso. Pida ayuda: un administrador puede asignar roles a la aplicación, o limitar los grupos comunicados a los que le están asignados.",
  idTokenText:
    "El servicio de inicio de sesión de su organización comunica más sobre su cuenta de lo que este sitio puede leer, normalmente porque pertenece a muchísimos grupos. Pida ayuda: un administrador puede asignar roles, o limitar los grupos comunicados a los que necesita este sitio.",
  accountNotAllowedText:
    "Ha iniciado sesión, pero este sitio no acepta cuentas de su organización, o su dirección de correo electrónico no está verificada.",
  hookRefusedText: "Ha iniciado sesión, pero este sitio no acepta su cuenta. Pida ayuda.",
  userChangedText: "Su sesión pertenece a otra cuenta.",
  misconfiguredText:
    "La conexión con el servicio de inicio de sesión de su organización no está bien configurada. Pida ayuda.",
  clientRefusedText:
    "El servicio de inicio de sesión de su organización no acepta las credenciales de este sitio; el problema no es su cuenta. Su sesión sigue abierta donde la tenga. Inténtelo más tarde o pida ayuda.",
  unavailableTitle: "El inicio de sesión no está disponible en este momento",
  providerSilentText: "El servicio de inicio de sesión de su organización no ha respondido.",
  providerAnswerText: "El servicio de inicio de sesión de su organización ha dado una respuesta inesperada.",
  tryLaterText: "Suele resolverse solo en menos de un minuto. El problema no es su cuenta.",
  notPropagatedTitle: "El inicio de sesión se está configurando",
  notPropagatedText:
    "El servicio de inicio de sesión de su organización aún no conoce este sitio. Una conexión nueva tarda unos minutos. El problema no es su cuenta.",
  internalTitle: "Algo ha fallado",
  internalText: "No se ha podido completar la solicitud.",
};
