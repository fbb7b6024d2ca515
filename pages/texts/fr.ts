import type { Texts } from "./texts";

/** French, with « vous ». A no-break space comes before a colon, a question mark and an exclamation mark. */
export const fr: Texts = {
  requestId: "Identifiant de la requête",
  getHelp: "Obtenir de l’aide",
  mailSubject: "Aide pour {site}",
  mailBody: "Ce que je voulais faire :\n\n\n\nIdentifiant de la requête : {id}\nAdresse : {address}",

  signIn: "Se connecter",
  signInAgain: "Se reconnecter",
  signInInNewTab: "Se connecter dans un nouvel onglet",
  signOut: "Se déconnecter",
  switchAccount: "Changer de compte",
  useAnotherAccount: "Utiliser un autre compte",
  tryAgain: "Réessayer",
  checkAgain: "Vérifier à nouveau",
  startAgain: "Recommencer",
  continue: "Continuer",
  goToStartPage: "Aller à la page d’accueil",

  signInTitle: "Se connecter",
  chooseProvider: "Comment voulez-vous vous connecter ?",
  unknownEmail: "Aucun service de connexion n’est connu pour cette adresse e-mail.",
  emailAddress: "Adresse e-mail",
  orChoose: "Ou choisissez :",
  redirectTitle: "Un instant",
  redirectText: "Vous allez être redirigé dans un instant.",
  switchTitle: "Changer de compte ?",
  switchText: "Vous êtes connecté. Pour continuer avec {provider}, vous devez vous reconnecter.",
  signOutTitle: "Se déconnecter ?",
  signOutText: "Veuillez confirmer que vous voulez vous déconnecter.",
  signedOutTitle: "Vous êtes déconnecté",
  signedOutText: "Vous êtes déconnecté de ce site. Sur un appareil partagé, fermez aussi le navigateur.",
  signedInTitle: "Vous êtes connecté",
  signedInText:
    "Fermez cet onglet et revenez à votre formulaire. Actualisez-y la page : votre navigateur vous propose alors de renvoyer le formulaire.",

  deniedTitle: "Accès refusé",
  deniedRole: "Votre compte n’a pas accès à cette page.",
  deniedMissing: "Il vous faut l’un de ces rôles :",
  requestAccess: "Demander l’accès",
  requestSentTitle: "Demande envoyée",
  requestSentText:
    "Le responsable de ce site sait maintenant que vous demandez l’accès. Dès que vous l’aurez, ouvrez la page à nouveau.",
  requestFailedTitle: "Votre demande n’a pas été envoyée",
  requestExpiredText:
    "Cette page est restée ouverte trop longtemps, ou vous utilisez maintenant un autre compte. Vérifiez à nouveau votre accès et demandez-le à partir de là.",
  requestLimitText: "Vous avez demandé l’accès de nombreuses fois. Veuillez attendre une heure.",
  requestAdvice:
    "« {button} » indique au responsable de ce site quel compte vous utilisez et quelle page vous voulez ouvrir.",
  deniedAdvice: "Si vous avez besoin d’un accès, adressez-vous au responsable de ce site ou utilisez un autre compte.",
  deniedRule: "Cette adresse ne peut pas être ouverte. Vérifiez l’adresse ou demandez de l’aide.",
  signedInAs: "Vous êtes connecté en tant que",
  formTitle: "Votre formulaire n’a pas été envoyé",
  formText: "Votre session a expiré. Pour envoyer le formulaire maintenant :",
  formStepUpText: "Cette page demande une connexion plus récente ou plus sûre. Pour envoyer le formulaire maintenant :",
  formSignIn: "Connectez-vous dans un nouvel onglet et laissez celui-ci ouvert.",
  formReload: "Revenez à cet onglet et actualisez la page.",
  formConfirm: "Confirmez à votre navigateur que le formulaire doit être renvoyé.",
  hostTitle: "Adresse inconnue",
  pathTitle: "Adresse refusée",
  sizeTitle: "Requête trop volumineuse",
  sizeText: "Votre navigateur envoie trop de cookies. Supprimez ceux de ce site et réessayez.",
  checkAddress: "Vérifiez l’adresse ou demandez de l’aide.",
  storeTitle: "Veuillez réessayer",
  storeText: "Votre accès ne peut pas être vérifié pour le moment.",
  maintenanceTitle: "Maintenance en cours",
  maintenanceText: "Des travaux sont en cours sur ce site. Veuillez revenir plus tard.",
  maintenanceUntil: "Retour prévu : {time}.",
  blockedTitle: "Requête bloquée",
  blockedText:
    "Le pare-feu du site a pris cette requête pour une attaque. Si vous n’avez rien fait d’inhabituel, envoyez l’identifiant de la requête au responsable du site.",
  limitedTitle: "Trop de requêtes",
  limitedText:
    "Votre réseau a envoyé plus de requêtes que le site n’en accepte. Attendez cinq minutes, puis réessayez.",

  badRequestTitle: "Requête incomprise",
  badRequestText: "Cette requête n’a pas pu être lue.",
  bodyTooLargeText: "Cette requête est plus volumineuse que ce que la passerelle accepte.",
  wrongHostText: "Cette passerelle ne dessert pas cette adresse.",
  notFoundTitle: "Page introuvable",
  notFoundText: "Il n’y a rien à cette adresse.",
  pageUnavailableTitle: "Veuillez réessayer",
  pageUnavailableText: "Cette page ne peut pas être lue pour le moment.",
  methodTitle: "Requête non prise en charge",
  methodText: "Cette adresse ne prend pas en charge ce type de requête.",
  crossOriginTitle: "Requête refusée",
  crossOriginText: "Seules les pages de ce site peuvent faire cette requête.",
  unknownProviderTitle: "Service de connexion inconnu",
  unknownProviderText: "Ce site n’utilise pas le service de connexion demandé.",
  notSignedInTitle: "Vous n’êtes pas connecté",
  notSignedInText: "Veuillez vous connecter pour continuer.",
  sessionTitle: "Problème de session",
  sessionTooLargeText:
    "Votre compte a plus de rôles et d’attributs qu’une session ne peut en contenir. Veuillez demander de l’aide.",
  refreshTooLargeText:
    "Le service de connexion de votre organisation a émis une session trop volumineuse pour être conservée. Veuillez demander de l’aide.",
  tooManySignInsTitle: "Trop de connexions",
  tooManySignInsText:
    "La connexion recommençait sans cesse et a donc été arrêtée. Veuillez attendre une minute et réessayer. Si cela se reproduit, supprimez les cookies de ce site ou demandez de l’aide.",
  renewalText: "Votre session est en cours de renouvellement. Veuillez réessayer dans un instant.",
  signInFailedTitle: "Échec de la connexion",
  flowMissingText:
    "Cette connexion a déjà été utilisée, a duré plus de trente minutes ou a été commencée dans un autre navigateur.",
  cannotContinueText:
    "La réponse du service de connexion de votre organisation n’a pas pu être acceptée. Veuillez recommencer.",
  authorizationErrorText: "Le service de connexion de votre organisation n’a pas pu vous connecter.",
  canceledText: "La connexion a été annulée, ou votre compte n’est pas autorisé à utiliser ce site.",
  interactionText:
    "Le service de connexion de votre organisation vous demande d’abord de vous connecter ou de donner votre accord.",
  grantRefusedText: "Cette connexion a déjà été utilisée ou a expiré.",
  flowReusedText: "Cette connexion a déjà été utilisée. Si ce n’était pas vous, veuillez demander de l’aide.",
  tooOldText:
    "Vos sessions ont été fermées, et le service de connexion de votre organisation ne vous a pas demandé de vous reconnecter. Veuillez d’abord vous y déconnecter.",
  stepUpTitle: "Une connexion plus sûre est nécessaire",
  stepUpText:
    "Cette page demande une connexion plus récente ou plus sûre, et le service de connexion de votre organisation n’en a pas confirmé. Recommencez et fournissez tout ce qu’il demande, par exemple un second facteur. S’il ne demande rien, demandez de l’aide.",
  groupsText:
    "Votre compte fait partie de plus de groupes que le service de connexion de votre organisation ne peut en communiquer ; votre accès ne peut donc pas être déterminé. Veuillez demander de l’aide : un administrateur peut attribuer des rôles à l’application, ou limiter les groupes communiqués à ceux qui lui sont attribués.",
  idTokenText:
    "Le service de connexion de votre organisation communique plus d’informations sur votre compte que ce site ne peut en lire, en général parce qu’il fait partie de très nombreux groupes. Veuillez demander de l’aide : un administrateur peut attribuer des rôles, ou limiter les groupes communiqués à ceux dont ce site a besoin.",
  accountNotAllowedText:
    "Vous vous êtes connecté, mais ce site n’accepte pas les comptes de votre organisation, ou votre adresse e-mail n’est pas vérifiée.",
  hookRefusedText: "Vous vous êtes connecté, mais ce site n’accepte pas votre compte. Veuillez demander de l’aide.",
  userChangedText: "Votre session appartient à un autre compte.",
  misconfiguredText:
    "La liaison avec le service de connexion de votre organisation n’est pas configurée correctement. Veuillez demander de l’aide.",
  clientRefusedText:
    "Le service de connexion de votre organisation n’accepte pas les identifiants de ce site ; votre compte n’est pas en cause. Vous restez connecté là où vous l’êtes. Veuillez réessayer plus tard ou demander de l’aide.",
  unavailableTitle: "La connexion n’est pas disponible pour le moment",
  providerSilentText: "Le service de connexion de votre organisation n’a pas répondu.",
  providerAnswerText: "Le service de connexion de votre organisation a donné une réponse inattendue.",
  tryLaterText: "Cela se résout en général en moins d’une minute. Votre compte n’est pas en cause.",
  notPropagatedTitle: "La connexion est en cours de configuration",
  notPropagatedText:
    "Le service de connexion de votre organisation ne connaît pas encore ce site. Une nouvelle liaison prend quelques minutes. Votre compte n’est pas en cause.",
  internalTitle: "Une erreur s’est produite",
  internalText: "La requête n’a pas pu être menée à bien.",
};
